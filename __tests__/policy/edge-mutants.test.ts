import { dev } from "../../stacks/environments/dev";
import { checkEdges, type Synthesized } from "../../testing";
import { stacksOf } from "../support/environment-stacks";
import {
  mutated,
  mutationsIn,
  type PolicyChange,
  statementAt,
} from "../support/permission-mutation/mutations";

describe("a change of one policy of ours", () => {
  /** What no fault tells of, among the changes of each policy of the stacks of dev. */
  function silentOn(changesIn: (stack: Synthesized) => readonly PolicyChange[]) {
    const stacks = stacksOf(dev);
    const tried = stacks.flatMap((stack) => changesIn(stack).map((change) => ({ stack, change })));
    const silent = tried.filter(({ stack, change }) => {
      const json = mutated(stack, change);
      const { unpermitted, unasked, withoutSource, withoutTls } = checkEdges(
        stacks.map((each) => (each === stack ? { json } : each)),
      );
      return [unpermitted, unasked, withoutSource, withoutTls].every((list) => list.length === 0);
    });
    return {
      silent: silent.map(({ change: { policy, sid, what } }) => `${policy.path}/${sid}: ${what}`),
      tried: tried.length,
    };
  }

  it("is told when a statement or an action is gone, unless only the code knows which calls it makes", () => {
    const { silent, tried } = silentOn((stack) =>
      mutationsIn(stack).filter(({ part }) => part !== "condition"),
    );
    expect(tried).toBeGreaterThan(100);
    const excepted = silent.filter((each) => /Idempotency\w+: without dynamodb:/.test(each));
    expect(excepted).not.toEqual([]);
    expect(silent).toEqual(excepted);
  });

  it("is told when a condition is gone, unless it narrows what a role may do, or one of the same sense stays: that a probe must show", () => {
    const { silent, tried } = silentOn((stack) =>
      mutationsIn(stack).filter(({ part }) => part === "condition"),
    );
    expect(tried).toBeGreaterThan(25);
    // A trail says by two conditions for whom it encrypts, as AWS documents it; probes: `support/permissions/trails.ts`.
    const twofold = silent.filter((each) => each.includes("/AllowTrailToEncrypt: without "));
    expect(twofold).toHaveLength(2);
    const excepted = silent.filter(
      (each) => twofold.includes(each) || each.endsWith(": without StringEquals kms:ViaService"),
    );
    expect(excepted).not.toEqual(twofold);
    expect(silent).toEqual(excepted);
  });

  it("is told when an action or a resource is widened", () => {
    const { silent, tried } = silentOn(({ policies }) =>
      policies.flatMap((policy) =>
        policy.statements.flatMap(({ Effect, Action, Resource }, index) => {
          if (Effect === "Deny") return [];
          const at = statementAt(policy, index);
          const given = [Action].flat();
          const actions = given
            .filter((action) => !action.endsWith("*"))
            .map((action) => `${action.split(":")[0]}:*`)
            .map((wider) => at(wider, (each) => [{ ...each, Action: [...given, wider] }]));
          const narrow = policy.address.startsWith("aws_iam_role_policy.") && Resource !== "*";
          return narrow ? [...actions, at("*", (each) => [{ ...each, Resource: "*" }])] : actions;
        }),
      ),
    );
    expect(tried).toBeGreaterThan(80);
    expect(silent).toEqual([]);
  });
});
