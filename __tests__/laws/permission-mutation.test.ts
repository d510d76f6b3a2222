import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { queuePolicy, ServiceRole, type Statement } from "../../modules/core";
import { synthesize } from "../../testing";
import { eachInTurn } from "../support/permission-mutation/each-in-turn";
import { type Behaviour, judgePermissions, superfluousOf } from "../support/permission-mutation/judge";
import { type Mutation, mutated, mutationsIn, mutationsOf } from "../support/permission-mutation/mutations";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:news";
const publish: Statement = { actions: ["sns:Publish"], resources: [TOPIC] };

/** A role of something that no edge knows, with one statement. */
const role = (statement: Statement) => (stack: TerraformStack) =>
  new ServiceRole(stack, "role", { service: "lambda.amazonaws.com" }).allow("Only", statement);

/** A queue that is closed to calls without TLS, and whatever else. */
const queue = (more: (queue: SqsQueue) => void) => (stack: TerraformStack) => {
  const made = new SqsQueue(new Construct(stack, "inner"), "queue", { name: "a" });
  queuePolicy(made);
  more(made);
};

/** Judges a stack whose live policies are make-believe: `red` says which mutations a behaviour or probe misses. */
function judge(build: (stack: TerraformStack) => void, red: (mutation: Mutation) => boolean, broken = false) {
  let current: Mutation | undefined;
  const trial: Behaviour = {
    name: "trial",
    concerns: /./,
    holds: async () => !broken && (current === undefined || !red(current)),
  };
  return judgePermissions({
    stack: synthesize(build),
    live: {
      during: async (mutation, work) => {
        current = mutation;
        try {
          return await work();
        } finally {
          current = undefined;
        }
      },
    },
    behaviours: [trial],
    probes: [trial],
  });
}

/** Whether a mutation takes an action of the role's away. */
const misses = (action: string) => (mutation: Mutation) =>
  mutation.policy.argument === "policy" &&
  !mutation.apply(mutation.policy.statements).some(({ Action }) => [Action].flat().includes(action));

describe("what is taken away in turn", () => {
  const whats = (build: (stack: TerraformStack) => void, argument = "policy") =>
    synthesize(build)
      .policies.filter((policy) => policy.argument === argument)
      .flatMap(mutationsOf)
      .map(({ sid, what, takes }) => `${sid} ${what}: ${takes}`);

  it("is each statement, each action of several, and each key of a condition alone", () => {
    const conditions = { StringEquals: { "aws:PrincipalOrgID": "o-1", "kms:ViaService": "sns" } };
    expect(whats(role({ ...publish, actions: ["sns:Publish", "sns:Subscribe"], conditions }))).toEqual([
      "Only without it: permission",
      "Only without sns:Publish: permission",
      "Only without sns:Subscribe: permission",
      "Only without StringEquals aws:PrincipalOrgID: restriction",
      "Only without StringEquals kms:ViaService: restriction",
    ]);
  });

  it("is a restriction where the statement denies, and its condition a permission that nobody could put back", () => {
    const [whole, condition] = synthesize(queue(() => undefined)).policies.flatMap(mutationsOf);
    expect([whole?.takes, condition?.takes]).toEqual(["restriction", "permission"]);
    expect([whole?.locksOut, condition?.locksOut]).toEqual([undefined, true]);
  });

  it("is a function's permission too, whole and each of its two conditions", () => {
    const stack = synthesize((each) => {
      new LambdaPermission(new Construct(each, "inner"), "permission", {
        statementId: "AllowBucket",
        action: "lambda:InvokeFunction",
        functionName: "f",
        principal: "s3.amazonaws.com",
        sourceArn: "arn:aws:s3:::a",
        sourceAccount: "123456789012",
      });
    });
    const all = mutationsIn(stack);
    expect(all.map(({ policy, sid, what, takes }) => `${policy.path}, ${sid} ${what}: ${takes}`)).toEqual([
      "inner/permission, AllowBucket without it: permission",
      "inner/permission, AllowBucket without ArnLike aws:SourceArn: restriction",
      "inner/permission, AllowBucket without StringEquals aws:SourceAccount: restriction",
    ]);
    const left = all.map((mutation) =>
      Object.values<object>(mutated(stack, mutation).resource.aws_lambda_permission).map((each) =>
        Object.keys(each).filter((argument) => argument.startsWith("source_")),
      ),
    );
    expect(left).toEqual([[], [["source_account"]], [["source_arn"]]]);
  });

  it("leaves the rest of the stack as it is", () => {
    const conditions = { StringEquals: { a: "1", b: "2" } };
    const stack = synthesize(role({ ...publish, conditions }));
    const all = stack.policies.flatMap(mutationsOf);
    const without = all.find(({ what }) => what === "without StringEquals a") as Mutation;
    const [policy] = Object.values<{ policy: string }>(mutated(stack, without).resource.aws_iam_role_policy);
    expect(JSON.parse(policy?.policy ?? "").Statement).toMatchObject([
      { Sid: "Only", Action: "sns:Publish", Condition: { StringEquals: { b: "2" } } },
    ]);
    const [kept] = Object.values(stack.resources({ tfResourceType: "aws_iam_role_policy" }));
    expect(JSON.parse(kept?.policy).Statement[0].Condition).toEqual({ StringEquals: { a: "1", b: "2" } });
  });
});

describe("the verdict", () => {
  beforeEach(() => void jest.spyOn(process.stdout, "write").mockReturnValue(true));
  afterEach(() => jest.restoreAllMocks());
  const named = async (...given: Parameters<typeof judge>) =>
    superfluousOf(await judge(...given)).filter((line) => !line.startsWith("role: statement 1"));

  it("names an action too many within a statement that is needed", async () => {
    const build = role({ ...publish, actions: ["sns:Publish", "sns:Subscribe"] });
    expect(await named(build, misses("sns:Publish"))).toEqual(["role/policy: Only without sns:Subscribe"]);
    expect(
      await named(build, (mutation) => misses("sns:Publish")(mutation) || misses("sns:Subscribe")(mutation)),
    ).toEqual([]);
  });

  it("names a condition that keeps nobody out", async () => {
    const build = role({ ...publish, conditions: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } } });
    const line = "role/policy: Only without StringEquals aws:RequestedRegion";
    expect(await named(build, misses("sns:Publish"))).toEqual([line]);
    expect(
      await named(build, (mutation) => misses("sns:Publish")(mutation) || mutation.takes === "restriction"),
    ).toEqual([]);
  });

  it("names a deny that keeps nobody out, and not one that the edge check misses", async () => {
    const build = queue((made) =>
      queuePolicy(made).add("Extra", {
        effect: "Deny",
        principal: { AWS: "arn:aws:iam::999999999999:root" },
        actions: ["sqs:PurgeQueue"],
        resources: [made.arn],
      }),
    );
    const judgements = await judge(build, () => false);
    expect(superfluousOf(judgements)).toContain("inner/queue/policy: Extra without it");
    expect(
      judgements.find(({ sid, what }) => sid === "DenyWithoutTls" && what === "without it"),
    ).toMatchObject({
      verdict: "necessary",
      red: undefined,
      edgeCheck: expect.stringContaining("without TLS"),
    });
  });

  it("rejects a trial that fails before anything was taken away", async () => {
    await expect(judge(role(publish), () => false, true)).rejects.toThrow(
      'before anything was taken away: "trial" does not hold',
    );
  });
});

describe("trials beside each other", () => {
  it.each([
    ["one after the other, unless they do not disturb each other", "neither", false, 1],
    ["of policies that bear on nothing in common", "neither", true, 2],
    ["not of policies that bear on one behaviour", "behaviours", true, 1],
    ["not of policies that bear on one probe", "probes", true, 1],
  ])("are %s", async (_, common, beside, atOnce) => {
    jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const names = ["a", "b"];
    const stack = synthesize((each) => {
      for (const name of names)
        new ServiceRole(each, name, { service: "lambda.amazonaws.com" }).allow("Only", publish);
    });
    let [now, most] = [0, 0];
    const holds = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return true;
    };
    const behaviours = names.map((name) => ({ name, concerns: new RegExp(`^${name}/policy`), holds }));
    const both: Behaviour = { name: "both", concerns: /policy$/, holds: async () => true };
    const live = { during: async <T>(_: Mutation, work: () => Promise<T>) => work() };
    await judgePermissions({
      stack,
      live,
      behaviours: common === "behaviours" ? [...behaviours, both] : behaviours,
      probes: common === "probes" ? [both] : [],
      beside,
    });
    jest.restoreAllMocks();
    expect(most).toBe(atOnce);
  });

  /** Notes who begins and who ends; each ends once it is let. */
  function log(all: readonly string[]) {
    const events: string[] = [];
    const ends = new Map<string, () => void>();
    const done = eachInTurn(
      all,
      (one) => [...one],
      async (one) => {
        events.push(`+${one}`);
        await new Promise<void>((resolve) => ends.set(one, resolve));
        events.push(`-${one}`);
        if (one.includes("!")) throw new Error(one);
        return one;
      },
    );
    const end = async (one: string) => {
      await new Promise(setImmediate);
      ends.get(one)?.();
      await new Promise(setImmediate);
    };
    return { events, end, done };
  }

  it("share nothing, and those that share something come in their order", async () => {
    const { events, end, done } = log(["a", "b", "ab", "ac", "c"]);
    await end("b");
    expect(events).toEqual(["+a", "+b", "-b"]);
    await end("a");
    expect(events.slice(3)).toEqual(["-a", "+ab"]);
    for (const one of ["ab", "ac", "c"]) await end(one);
    expect(events.slice(5)).toEqual(["-ab", "+ac", "-ac", "+c", "-c"]);
    await expect(done).resolves.toEqual(["a", "b", "ab", "ac", "c"]);
  });

  it("begin no more after a failure, and what is at work is waited for", async () => {
    const { events, end, done } = log(["!a", "b", "ac"]);
    const settled = jest.fn();
    done.catch(settled);
    await end("!a");
    expect(events).toEqual(["+!a", "+b", "-!a"]);
    expect(settled).not.toHaveBeenCalled();
    await end("b");
    await expect(done).rejects.toThrow("!a");
    expect(events).not.toContain("+ac");
  });
});
