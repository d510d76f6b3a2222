import type { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { ITerraformDependable } from "cdktf";
import { allowSender, factsOf, keyPolicy, type queuePolicy, sidOf, type topicPolicy } from "../../core";
import type { NotificationTarget } from "../../storage/bucket";
import { functionsBehind } from "../listeners";
import { checkKey, ownKey } from "../receivers";
import {
  type BucketDestination,
  checkArn,
  checkHome,
  checkOrdering,
  inNameOf,
  S3,
  type Sender,
  senderS3,
} from "./destination";
import { faultsOfLoops } from "./faults-of-loops";

/** A queue or topic that S3 sends to by the receiver's own policy. */
interface Receiver {
  readonly what: "queue" | "topic";
  readonly service: "sqs" | "sns";
  readonly action: "sqs:SendMessage" | "sns:Publish";
  /** How one from elsewhere is handed in. */
  readonly byHand: string;
  readonly arn: string;
  readonly target: NotificationTarget;
  /** Where it is a resource of an app here. */
  readonly own?: {
    readonly resource: SqsQueue | SnsTopic;
    readonly fifo: boolean;
    policy(): ReturnType<typeof queuePolicy> | ReturnType<typeof topicPolicy>;
  };
}

/** The destination of a receiver: of one made here the policy and the key's are extended, of any other its owner does it. */
export function receiverDestination(receiver: Receiver): BucketDestination {
  const { what, service, byHand, arn, target, own } = receiver;
  return {
    check(checks, sender) {
      if (own === undefined) {
        checkArn(checks, sender, { what, service, arn });
        checkOrdering(checks, sender, what, arn.endsWith(".fifo"));
        return;
      }
      const remedy = `or hand in ${byHand} and allow the bucket where the ${what} is made`;
      checkHome(checks, sender, { what, resource: own.resource, remedy });
      checkOrdering(checks, sender, what, own.fifo);
      checkKey(checks, senderS3(sender), { name: `${sender.place}.to`, resource: own.resource });
    },
    bind(sender) {
      sender.scope.node.addValidation({ validate: () => loops(receiver, sender) });
      return { target, after: allow(receiver, sender) };
    },
  };
}

/** A consumer that every message reaches is told as surely as a function that S3 invokes. */
function loops({ what, own }: Receiver, sender: Sender): string[] {
  if (own === undefined) return [];
  const through = `${what} "${own.resource.node.path}"`;
  return functionsBehind(own.resource).flatMap((handler) => faultsOfLoops(handler, sender, through));
}

function allow({ own, action, arn }: Receiver, sender: Sender): readonly ITerraformDependable[] {
  if (own === undefined) return [];
  const policy = own.policy();
  policy.add(sidOf("allow", "bucket", sender.bucket.node.path), {
    principal: { Service: S3 },
    actions: [action],
    resources: [arn],
    conditions: inNameOf(sender),
  });
  return [policy.resource, ...allowKey(sender, own.resource)];
}

/** Lets the bucket use the key of a queue or topic, where there is one. */
function allowKey({ bucket }: Sender, encrypted: SqsQueue | SnsTopic): readonly ITerraformDependable[] {
  const key = ownKey(encrypted);
  if (key === undefined) return [];
  allowSender(key, ["bucket", bucket.node.path], {
    service: S3,
    sourceArn: bucket.arn,
    sourceAccount: factsOf(bucket).account,
  });
  return [keyPolicy(key).resource];
}
