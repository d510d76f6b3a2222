import type { Statement } from "../../core";
import type { Watch } from "../../storage/bucket";

/** Calls that lead to the events of a family (S3 user guide, "Supported event types for SQS, SNS, and Lambda"). */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  ObjectAcl: ["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
  ObjectCreated: ["s3:PutObject"],
  ObjectRemoved: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  ObjectRestore: ["s3:RestoreObject"],
  ObjectTagging: [
    "s3:DeleteObjectTagging",
    "s3:DeleteObjectVersionTagging",
    "s3:PutObjectTagging",
    "s3:PutObjectVersionTagging",
  ],
};

/** A call that a function may make and would be told of itself. */
export interface Loop {
  readonly action: string;
  /** As the statement says it: `uploads/*`. */
  readonly keys: string;
}

/**
 * What somebody with these statements may do to objects of a bucket that a watch tells of: told of it, it does it again.
 * @param statements with references resolved
 * @param bucket its ARN, resolved likewise, and its name where that is known
 */
export function loopsIn(
  statements: readonly Statement[],
  bucket: { readonly arn: string; readonly name: string },
  watch: Watch,
): readonly Loop[] {
  const causes = new Set(watch.events.flatMap((event) => CAUSES[event.split(":")[1] ?? ""] ?? []));
  return statements.flatMap(({ actions, resources }) =>
    [...causes]
      .filter((call) => actions.some((action) => isLike(call, action)))
      .flatMap((action) =>
        resources
          .flatMap((resource) => keysOf(resource, bucket))
          .filter((keys) => mayMeet(keys, watch))
          .map((keys) => ({ action, keys })),
      ),
  );
}

function isLike(action: string, pattern: string): boolean {
  const form = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${form}$`, "i").test(action);
}

/** Which keys of the bucket a resource of a statement names, as a pattern; none for the bucket itself and for others. */
function keysOf(
  resource: string,
  { arn, name }: { readonly arn: string; readonly name: string },
): readonly string[] {
  if (resource === "*") return ["*"];
  const [, byName] = /^arn:[\w*-]+:s3:::(.*)$/.exec(resource) ?? [];
  for (const [text, start] of [
    [resource, arn],
    [byName ?? "", name],
  ] as const) {
    if (!text.startsWith(start)) continue;
    const rest = text.slice(start.length);
    if (rest.startsWith("/")) return [rest.slice(1)];
    if (rest.startsWith("*")) return ["*"];
  }
  return byName === "*" || byName === "*/*" ? ["*"] : [];
}

/** Stands for other characters: a wildcard, or a variable of IAM, such as `$${aws:username}` as it is written for Terraform. */
const WILDCARD = /\$\$\{[^}]*\}|[*?]/;

/** Whether some key may be like a pattern, begin with a prefix and end with a suffix. Where it says no, none does. */
export function mayMeet(
  pattern: string,
  { prefix = "", suffix = "" }: Pick<Watch, "prefix" | "suffix">,
): boolean {
  const parts = pattern.split(WILDCARD);
  const [head = "", tail = ""] = [parts.at(0), parts.at(-1)];
  if (parts.length === 1) return pattern.startsWith(prefix) && pattern.endsWith(suffix);
  return (
    (head.startsWith(prefix) || prefix.startsWith(head)) && (tail.endsWith(suffix) || suffix.endsWith(tail))
  );
}
