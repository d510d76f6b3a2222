import { dev } from "../../stacks/environments/dev";
import { checkEdges, type StackJson, type Synthesized } from "../../testing";
import { stacksOf } from "../support/environment-stacks";
import {
  mutated,
  mutationsIn,
  type PolicyChange,
  statementAt,
} from "../support/permission-mutation/mutations";
import { brokenCases } from "../support/permissions/cases";
import { World } from "../support/permissions/world";

/** Changes that no document of AWS gives ground to call a fault. An IAM case must turn red in place of each. */
interface Exception {
  readonly matches: RegExp;
  readonly reason: string;
}

const NO_EDGE_ASKS: readonly Exception[] = [
  {
    matches: /Idempotency\w+: without dynamodb:/,
    reason: "which calls a function makes on its table only its code knows: any one is enough for an edge",
  },
  {
    matches: /^thumbnail\/role\/policy\/(List|Use)DevPicturesBucket\w+: without (it|s3:\w+)$/,
    reason: "which calls it makes in its bucket, and below which prefixes, only its code knows too",
  },
  {
    matches: /^account-trail\/logs\/policy\/DenyDeletion: without (it|s3:\w+)$/,
    reason: "that nobody may delete a log file, AWS advises and does not demand",
  },
];

const NARROWER_THAN_DEMANDED: readonly Exception[] = [
  {
    matches: /: without StringEquals kms:ViaService$/,
    reason: "it narrows what a role may do with a key, which AWS does not demand",
  },
  {
    matches: /^thumbnail\/role\/policy\/List\w+: without StringLike s3:prefix$/,
    reason: "it narrows what a role may list, which AWS does not demand",
  },
  {
    matches: /\/AllowTrailToEncrypt: without /,
    reason: "a trail says by two conditions for whom it encrypts, as AWS documents it: the other stays",
  },
  {
    matches: /^thumbnail\/invoked-by-bucket\/Invoke\w+: without ArnLike aws:SourceArn$/,
    reason:
      "aws:SourceAccount stays, and keeps every stranger's bucket out: another bucket of the account is no stranger's",
  },
];

const AS_WIDE_AS_DOCUMENTED: readonly Exception[] = [
  {
    matches: /^api-gateway\/role\/policy\/WriteLogs: \*$/,
    reason: "AWS's own policy for this role, AmazonAPIGatewayPushToCloudWatchLogs, names every log group",
  },
];

describe("a change of one policy of ours", () => {
  const stacks = stacksOf(dev);

  /** Tries each change of each policy of the stacks of dev. */
  function untold(
    changesIn: (stack: Synthesized) => readonly PolicyChange[],
    exceptions: readonly Exception[],
  ) {
    const tried = stacks.flatMap((stack) =>
      changesIn(stack).map((change) => {
        const changed = stacks.map(
          (each): StackJson => (each === stack ? { json: mutated(stack, change) } : each),
        );
        const { policy, sid, what } = change;
        return { name: `${policy.path}/${sid}: ${what}`, changed };
      }),
    );
    const silent = tried.filter(({ changed }) => {
      const { unpermitted, unasked, withoutSource, withoutTls } = checkEdges(changed);
      return [unpermitted, unasked, withoutSource, withoutTls].every((list) => list.length === 0);
    });
    const names = silent.map(({ name }) => name);
    return {
      tried: tried.length,
      silent: names.filter((name) => !exceptions.some(({ matches }) => matches.test(name))),
      unprobed: silent
        .filter(({ changed }) => brokenCases(new World(changed)).length === 0)
        .map(({ name }) => name),
      // An exception that is told after all is none.
      idle: exceptions.filter(({ matches }) => !names.some((name) => matches.test(name))),
    };
  }

  const TOLD = { silent: [], unprobed: [], idle: [] };

  it("is looked for where no case is red to begin with", () => {
    expect(brokenCases(new World(stacks))).toEqual([]);
  });

  it("is told when a statement or an action is gone, unless no document asks for it: that a case must show", () => {
    const { tried, ...faults } = untold(
      (stack) => mutationsIn(stack).filter(({ part }) => part !== "condition"),
      NO_EDGE_ASKS,
    );
    expect(tried).toBeGreaterThan(100);
    expect(faults).toEqual(TOLD);
  });

  it("is told when a condition is gone, unless it narrows more than AWS demands: that a case must show", () => {
    const { tried, ...faults } = untold(
      (stack) => mutationsIn(stack).filter(({ part }) => part === "condition"),
      NARROWER_THAN_DEMANDED,
    );
    expect(tried).toBeGreaterThan(25);
    expect(faults).toEqual(TOLD);
  });

  it("is told when an action or a resource is widened, unless AWS documents it so wide: that a case must show", () => {
    const { tried, ...faults } = untold(
      ({ policies }) =>
        policies.flatMap((policy) =>
          policy.statements.flatMap(({ Effect, Action, Resource }, index) => {
            if (Effect === "Deny") return [];
            const at = statementAt(policy, index);
            const given = [Action].flat();
            const actions = given
              .filter((action) => !action.endsWith("*"))
              .map((action) => `${action.split(":")[0]}:*`)
              .map((wider) => at(wider, (each) => [{ ...each, Action: [...given, wider] }]));
            // A role's, or an account's for all its logs: any other bears on its own resource alone.
            const ofMany = /^aws_(iam_role_policy|cloudwatch_log_resource_policy)\./.test(policy.address);
            const narrow = ofMany && Resource !== "*";
            return narrow ? [...actions, at("*", (each) => [{ ...each, Resource: "*" }])] : actions;
          }),
        ),
      AS_WIDE_AS_DOCUMENTED,
    );
    expect(tried).toBeGreaterThan(80);
    expect(faults).toEqual(TOLD);
  });
});
