import { randomUUID } from "node:crypto";
import { GetKeyPolicyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetPolicyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { clientConfig } from "../../scripts/local-aws/client";
import { readStack } from "../../testing";
import { decide, readPolicy } from "../../testing/policies";
import { Impostor } from "../support/impostor";
import { LivePictures } from "../support/live-pictures";
import { LiveRole } from "../support/live-role";
import { eventually } from "../support/local-account";
import {
  type Behaviour,
  type Judgement,
  judgePermissions,
  superfluousOf,
} from "../support/permission-mutation/judge";
import { LivePolicies } from "../support/permission-mutation/live-policies";

const ACCOUNT = "123456789012";

/** What the pictures promise, and what they must refuse. */
class PictureTrials {
  private readonly impostor: Impostor;
  private readonly topicArn: string;

  constructor(private readonly live: LivePictures) {
    this.impostor = new Impostor(live.account.env);
    this.topicArn = live.attribute("aws_sns_topic.removals", "arn");
  }

  get behaviours(): readonly Behaviour[] {
    const inbox = this.live.queue(INBOX).name;
    return [
      ...QUEUES.map(({ id, suffix }) =>
        trial(`S3 tells ${id}`, `${id}/policy`, () => this.tells(id, `uploads/${randomUUID()}${suffix}`)),
      ),
      trial("S3 tells the topic", "removals/policy", () =>
        this.tellsOfRemoval(this.live.bucket, this.topicArn),
      ),
      trial("the topic tells its inbox", "removals/inbox/queue/policy", () =>
        this.tellsOfRemoval(this.topicArn, inbox),
      ),
      trial("the function copies", "copyist/role/policy", () => this.copies()),
    ];
  }

  get probes(): readonly Behaviour[] {
    const inbox = this.live.queue(INBOX).name;
    return [
      ...QUEUES.map(({ id }) =>
        trial(`another bucket cannot send to ${id}`, `${id}/policy`, () =>
          this.turnsBucketsAway(
            "queue",
            this.live.attribute(`aws_sqs_queue.${id}`, "arn"),
            this.live.queue(id).name,
          ),
        ),
      ),
      trial("another bucket cannot publish to the topic", "removals/policy", () =>
        this.turnsBucketsAway("topic", this.topicArn, this.topicArn),
      ),
      trial("another topic cannot send to the inbox", "removals/inbox/queue/policy", () =>
        this.turnsTopicsAway(inbox),
      ),
      trial("the function cannot use the bucket's key itself", "copyist/role/policy", () =>
        new LiveRole(this.live.account.env, `${this.live.stack.id}_copyist_role`).isKeptFrom(
          this.live.attribute("aws_kms_key.pictures_key", "arn"),
        ),
      ),
      byEvaluator("another bucket cannot use the key of queues and topic", "shared-key/policy", async () => {
        const policy = await this.keyPolicy();
        return ["kms:Decrypt", "kms:GenerateDataKey"].every(
          (action) =>
            !lets(policy, action, this.live.attribute("aws_kms_key.shared-key", "arn"), this.impostorArn),
        );
      }),
      byEvaluator("another bucket cannot invoke the function", "copyist/invoked-by-pictures", async () => {
        const arn = this.live.attribute("aws_lambda_function.copyist", "arn");
        return !lets(await this.functionPolicy(), "lambda:InvokeFunction", arn, this.impostorArn);
      }),
    ];
  }

  private get impostorArn(): string {
    return `arn:aws:s3:::${this.live.impostor}`;
  }

  /** Whether an object comes to a queue, or is denied it. */
  private async tells(id: string, key: string): Promise<boolean> {
    const { bucket, deliveries } = this.live;
    const look = async () => (await this.live.toldTo(id)).some((told) => told.key === key) || undefined;
    return (
      (await deliveries.after(() => this.live.put(key), bucket, this.live.queue(id).name, look)) === true
    );
  }

  /** Whether a removal comes to the inbox, or is denied on one stretch of the way. */
  private async tellsOfRemoval(from: string, to: string): Promise<boolean> {
    const key = `elsewhere/${randomUUID()}`;
    const look = async () => (await this.live.toldTo(INBOX)).some((told) => told.key === key) || undefined;
    const remove = async () => {
      await this.live.put(key);
      await this.live.remove(key);
    };
    return (await this.live.deliveries.after(remove, from, to, look)) === true;
  }

  /** Whether a copy comes to be, or the event to the failed ones. */
  private async copies(): Promise<boolean> {
    const id = randomUUID();
    await this.live.put(`documents/${id}`);
    return eventually("a copy, or its failure", async () => {
      if ((await this.live.get(`copies/documents/${id}`)) !== undefined) return true;
      const failed = (await this.live.queue("copyist_failures").take()).some(({ Body }) =>
        Body?.includes(id),
      );
      return failed ? false : undefined;
    });
  }

  private async turnsBucketsAway(kind: "queue" | "topic", arn: string, named: string): Promise<boolean> {
    const key = randomUUID();
    const queue = kind === "queue" ? named.replace(`${this.live.stack.id}_`, "") : INBOX;
    const look = async () => (await this.live.toldTo(queue)).some((told) => told.key === key) || undefined;
    const attempt = () => this.live.impersonate(kind, arn, key);
    return (await this.live.deliveries.after(attempt, this.live.impostor, named, look)) === "denied";
  }

  private async turnsTopicsAway(inbox: string): Promise<boolean> {
    const message = JSON.stringify({ impostor: randomUUID() });
    const look = async () =>
      (await this.live.queue(INBOX).take()).some(({ Body }) => Body === message) || undefined;
    const attempt = () => this.impostor.publish(inbox, message);
    return (
      (await this.live.deliveries.after(attempt, this.impostor.topicArn(inbox), inbox, look)) === "denied"
    );
  }

  private async keyPolicy(): Promise<string> {
    const KeyId = this.live.attribute("aws_kms_key.shared-key", "arn");
    const kms = new KMSClient(clientConfig(this.live.account.env));
    const { Policy = "" } = await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
    return Policy;
  }

  private async functionPolicy(): Promise<string> {
    const FunctionName = this.live.attribute("aws_lambda_function.copyist", "function_name");
    const lambda = new LambdaClient(clientConfig(this.live.account.env));
    const { Policy = "" } = await lambda.send(new GetPolicyCommand({ FunctionName }));
    return Policy;
  }
}

const INBOX = "removals_inbox_queue";
const QUEUES = [
  { id: "jpgs", suffix: ".jpg" },
  { id: "pngs", suffix: ".png" },
] as const;

function trial(name: string, policy: string, holds: () => Promise<boolean>): Behaviour {
  return { name, concerns: new RegExp(`^${policy}$`), holds };
}

/** What the emulator does not enforce, as our evaluator reads it in the live policy. */
function byEvaluator(name: string, policy: string, holds: () => Promise<boolean>): Behaviour {
  return { ...trial(name, policy, holds), by: "evaluator" };
}

/** Whether a policy lets S3 in, in the name of a bucket of this account. */
function lets(policy: string, action: string, resource: string, bucketArn: string): boolean {
  const context = { "aws:SourceArn": bucketArn, "aws:SourceAccount": ACCOUNT };
  const request = { principal: { service: "s3.amazonaws.com" }, action, resource, context };
  return decide(request, { identity: [], resource: readPolicy(policy) }).outcome === "allowed";
}

async function judge(live: LivePictures): Promise<readonly Judgement[]> {
  const { behaviours, probes } = new PictureTrials(live);
  return judgePermissions({
    stack: readStack(live.stack),
    live: new LivePolicies(live.account.env, live.state),
    behaviours,
    probes,
  });
}

describe("the permissions of a bucket that notifies", () => {
  it("are all needed: each one taken away breaks a behaviour, each restriction lets somebody through", async () => {
    const live = await LivePictures.start("pictures");
    try {
      const judgements = await judge(live);
      expect(superfluousOf(judgements)).toEqual([]);
      for (const policy of ["jpgs/policy", "removals/policy", "copyist/role/policy", "shared-key/policy"]) {
        expect(judgements.filter((each) => each.policy === policy && each.red)).not.toEqual([]);
      }
    } finally {
      await live.stop();
    }
  });
});
