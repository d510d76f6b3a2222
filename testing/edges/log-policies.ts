import type { Policy } from "../policies/policy";
import { fill, isResourceLike } from "../policies/wildcards";
import type { Resource } from "./configuration";

/** What a log policy says to each log group, and the statements that are about none of them, or about others too. */
interface Parts {
  readonly parts: ReadonlyMap<Resource, Policy>;
  readonly elsewhere: readonly string[];
}

/**
 * A log group has no policy of its own: an account's log policies are about all groups that their resources name, by the
 * group's ARN with `:*` or a stream behind it (CloudWatch Logs API reference, PutResourcePolicy).
 */
export function partsOfLogPolicy(policy: Policy, groups: readonly Resource[]): Parts {
  const parts = new Map<Resource, Policy>();
  for (const group of groups) {
    const statements = policy.statements.flatMap((statement) => {
      const resources = statement.resources?.filter((pattern) => names(pattern, policy.version, group)) ?? [];
      return resources.length === 0 ? [] : [{ ...statement, resources }];
    });
    if (statements.length > 0) parts.set(group, { ...policy, statements });
  }
  const nobodys = ({ resources = [] }: Policy["statements"][number]) =>
    resources.length === 0 ||
    resources.some((pattern) => !groups.some((group) => names(pattern, policy.version, group)));
  return { parts, elsewhere: policy.statements.filter(nobodys).map(({ sid }) => sid) };
}

function names(pattern: string, version: string, { arn }: Resource): boolean {
  const pieces = fill(pattern, { version, context: {} });
  return (
    pieces !== undefined && [arn, `${arn}:log-stream:stream`].some((each) => isResourceLike(each, pieces))
  );
}
