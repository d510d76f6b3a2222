import { randomUUID } from "node:crypto";
import { GetPolicyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { clientConfig } from "../../scripts/local-aws/client";
import { readStack } from "../../testing";
import { decide, readPolicy } from "../../testing/policies";
import type { Parcel } from "../fixtures/collectors/collect";
import { kinesisRecord, snsEvent, tableRecord } from "../support/consumer-events";
import { LiveConsumers } from "../support/live-consumers";
import { LiveRole } from "../support/live-role";
import { type Behaviour, judgePermissions, superfluousOf } from "../support/permission-mutation/judge";
import { LivePolicies } from "../support/permission-mutation/live-policies";
import { fifoRecord, sqsEvent, sqsRecord } from "../support/sqs-events";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:live_news";

/** A parcel in DynamoDB's own JSON. */
const itemOf = (parcel: Parcel) =>
  Object.fromEntries(Object.entries(parcel).map(([name, value]) => [name, { S: value as string }]));

/** Each function that collects, and an event of its source. */
const COLLECTORS: Readonly<Record<string, (parcel: Parcel) => unknown>> = {
  "task-worker": (parcel) => sqsEvent(sqsRecord(parcel)),
  "payment-worker": (parcel) => sqsEvent(fifoRecord("group", parcel)),
  reporter: snsEvent,
  siren: snsEvent,
  "change-reader": (parcel) => ({ Records: [tableRecord("1", itemOf(parcel))] }),
  "reading-reader": (parcel) => ({ Records: [kinesisRecord("1", parcel)] }),
};

/** What the functions of the stack promise, tried by invoking them: they answer either way. */
class Trials {
  constructor(
    private readonly live: LiveConsumers,
    private readonly keys: readonly string[],
  ) {}

  get behaviours(): readonly Behaviour[] {
    return [
      ...Object.keys(COLLECTORS).flatMap((name) => [
        this.trial(name, `${name} notes a parcel`, () => this.notes(name)),
        this.trial(name, `${name} does at the second try what failed at the first`, () =>
          this.recovers(name),
        ),
      ]),
      ...["TASKS", "PAYMENTS", "NEWS"].map(
        (to): Behaviour => ({
          name: `the sender sends to ${to}`,
          concerns: /^(sender\/|(tasks|payments|news)\/policy$)/,
          holds: () => this.answers("sender", { to, message: JSON.stringify({ id: randomUUID() }) }),
        }),
      ),
      ...["reporter", "siren"].map((name) =>
        this.invocation(name, `its topic may invoke ${name}`, async () => this.mayInvoke(name, TOPIC)),
      ),
    ];
  }

  get probes(): readonly Behaviour[] {
    return [
      ...[...Object.keys(COLLECTORS), "sender"].map((name) =>
        this.trial(name, `${name} cannot use a key itself`, () =>
          new LiveRole(this.live.account.env, `live_${name}_role`).isKeptFrom(...this.keys),
        ),
      ),
      ...["reporter", "siren"].map((name) =>
        this.invocation(
          name,
          `no other topic may invoke ${name}`,
          async () => !(await this.mayInvoke(name, `${TOPIC}-2`)),
        ),
      ),
    ];
  }

  private trial(path: string, name: string, holds: () => Promise<boolean>): Behaviour {
    return { name, concerns: new RegExp(`^${path}/role(/|$)`), holds };
  }

  /** The emulator's topics invoke whatever the function's policy says: our evaluator reads it. */
  private invocation(path: string, name: string, holds: () => Promise<boolean>): Behaviour {
    return { name, by: "evaluator", concerns: new RegExp(`^${path}/invoked-by`), holds };
  }

  private async answers(name: string, event: unknown): Promise<boolean> {
    try {
      const answer = (await this.live.invoke(name, event)) as {
        readonly batchItemFailures?: readonly unknown[];
      } | null;
      return (answer?.batchItemFailures ?? []).length === 0;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith(`${name} failed: `)) return false;
      throw error;
    }
  }

  private tries(name: string, fail?: Parcel["fail"]): () => Promise<boolean> {
    const event = COLLECTORS[name]?.({ id: randomUUID(), place: "trials", ...(fail && { fail }) });
    return () => this.answers(name, event);
  }

  private notes(name: string): Promise<boolean> {
    return this.tries(name)();
  }

  private async recovers(name: string): Promise<boolean> {
    const once = this.tries(name, "once");
    return !(await once()) && (await once());
  }

  private async mayInvoke(name: string, sourceArn: string): Promise<boolean> {
    const FunctionName = `live_${name}`;
    const resource = `arn:aws:lambda:eu-west-1:123456789012:function:${FunctionName}`;
    const lambda = new LambdaClient(clientConfig(this.live.account.env));
    const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName })).catch((error: Error) => {
      if (error.name === "ResourceNotFoundException") return { Policy: undefined };
      throw error;
    });
    const { outcome } = decide(
      {
        principal: { service: "sns.amazonaws.com" },
        action: "lambda:InvokeFunction",
        resource,
        context: { "aws:SourceArn": sourceArn },
      },
      { resource: Policy === undefined ? undefined : readPolicy(Policy) },
    );
    return outcome === "allowed";
  }
}

describe("the permissions of consumers of queues, a topic and streams", () => {
  it("are all needed: each one taken away breaks a behaviour, each restriction lets somebody through", async () => {
    const live = await LiveConsumers.start();
    try {
      const state = await live.terraform.state();
      const keys = [...state].filter(([address]) => address.startsWith("aws_kms_key."));
      const { behaviours, probes } = new Trials(
        live,
        keys.map(([, { arn }]) => arn as string),
      );
      const judgements = await judgePermissions({
        stack: readStack(live.stack),
        live: new LivePolicies(live.account.env, state),
        behaviours,
        probes,
      });
      expect(superfluousOf(judgements)).toEqual([]);
      for (const name of [...Object.keys(COLLECTORS), "sender"]) {
        expect(judgements.filter(({ policy, red }) => policy.startsWith(`${name}/role`) && red)).not.toEqual(
          [],
        );
      }
      expect(
        judgements.filter(({ policy, red }) => policy.startsWith("reporter/invoked-by") && red),
      ).toHaveLength(2);
    } finally {
      await live.stop();
    }
  });
});
