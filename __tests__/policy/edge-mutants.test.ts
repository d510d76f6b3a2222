import { dev } from "../../stacks/environments/dev";
import { checkEdges } from "../../testing";
import { stacksOf } from "../support/environment-stacks";

describe("a change of one policy of ours", () => {
  type Statement = Readonly<Record<string, unknown>> & {
    readonly Sid?: string;
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  const actionsOf = ({ Action }: Statement) => [Action].flat();
  /** What no fault tells of, among the changes that `mutants` makes of each statement of the stacks of dev. */
  function silentOn(
    mutants: (statement: Statement, type: string) => readonly (readonly [string, Statement?])[],
  ) {
    const stacks = stacksOf(dev).map(({ json }) => ({ json: structuredClone(json) }));
    const silent: string[] = [];
    let tried = 0;
    for (const { json } of stacks) {
      for (const [type, all] of Object.entries<Record<string, Record<string, string>>>(json.resource)) {
        for (const [id, args] of Object.entries(all)) {
          for (const name of ["policy", "assume_role_policy"]) {
            const right = args[name];
            if (typeof right !== "string") continue;
            const document = JSON.parse(right) as { Statement: Statement | Statement[] };
            const statements = [document.Statement].flat();
            for (const statement of statements) {
              for (const [what, changed] of mutants(statement, type)) {
                const Statement = statements.flatMap((each) =>
                  each === statement ? (changed ?? []) : [each],
                );
                args[name] = JSON.stringify({ ...document, Statement });
                const { unpermitted, unasked, withoutSource, withoutTls } = checkEdges(stacks);
                const told = [unpermitted, unasked, withoutSource, withoutTls].some(
                  (list) => list.length > 0,
                );
                if (!told) silent.push(`${id}/${statement.Sid}: ${what}`);
                tried += 1;
              }
            }
            args[name] = right;
          }
        }
      }
    }
    return { silent, tried };
  }

  it("is told when a statement or an action is gone, unless only the code knows which calls it makes", () => {
    const { silent, tried } = silentOn((statement) => [
      ["gone", undefined],
      ...actionsOf(statement)
        .filter(() => actionsOf(statement).length > 1)
        .map((gone) => {
          const Action = actionsOf(statement).filter((action) => action !== gone);
          return [`without ${gone}`, { ...statement, Action }] as const;
        }),
    ]);
    expect(tried).toBeGreaterThan(100);
    expect(silent.filter((each) => !/Idempotency\w+: without dynamodb:/.test(each))).toEqual([]);
  });

  it("is told when a condition is gone, unless it narrows what a role may do: that a probe must show", () => {
    const { silent, tried } = silentOn((statement) =>
      Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
        Object.keys(keys).map((key) => {
          const { [operator]: _, ...Condition } = statement.Condition ?? {};
          return [`unbound from ${key}`, { ...statement, Condition }] as const;
        }),
      ),
    );
    expect(tried).toBeGreaterThan(25);
    expect(silent.filter((each) => !each.endsWith(": unbound from kms:ViaService"))).toEqual([]);
  });

  it("is told when an action or a resource is widened", () => {
    const { silent, tried } = silentOn((statement, type) => {
      const { Effect, Resource } = statement;
      if (Effect === "Deny") return [];
      const actions = actionsOf(statement)
        .filter((action) => !action.endsWith("*"))
        .map((action) => {
          const wider = `${action.split(":")[0]}:*`;
          return [wider, { ...statement, Action: [...actionsOf(statement), wider] }] as const;
        });
      const resources =
        type === "aws_iam_role_policy" && Resource !== "*"
          ? [["*", { ...statement, Resource: "*" }] as const]
          : [];
      return [...actions, ...resources];
    });
    expect(tried).toBeGreaterThan(80);
    expect(silent).toEqual([]);
  });
});
