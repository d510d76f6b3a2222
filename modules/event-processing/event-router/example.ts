import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import type { Construct } from "constructs";
import { arnOf, nameOf } from "../../core";
import { match } from "../event-pattern";
import { deliveryStreamTarget, stateMachineTarget, streamTarget } from "../event-targets";
import { EventRouter } from ".";

/** Each picture that is not empty is worked on, told to whoever listens, and written down. */
export function example(scope: Construct): EventRouter<"pictures"> {
  // Made elsewhere: an ARN is all that a rule needs of them.
  const workflow = { arn: arnOf(scope, { service: "states", resource: "stateMachine:workflow" }) };
  const records = { arn: arnOf(scope, { service: "firehose", resource: "deliverystream/records" }) };
  return new EventRouter(scope, "uploads", {
    routes: {
      pictures: {
        key: [match.wildcard("in/*.jpg"), match.wildcard("in/*.png")],
        size: [match.numeric(">", 0)],
        reason: ["PutObject", "CompleteMultipartUpload"],
        targets: {
          process: { to: stateMachineTarget(workflow), input: { path: "$.detail" } },
          listeners: { to: streamTarget(listeners(scope), { partitionKeyPath: "$.detail.object.key" }) },
          record: { to: deliveryStreamTarget(records) },
        },
      },
    },
  });
}

function listeners(scope: Construct): KinesisStream {
  return new KinesisStream(scope, "listeners", {
    name: nameOf(scope, "stream", "listeners"),
    streamModeDetails: { streamMode: "ON_DEMAND" },
    encryptionType: "KMS",
    kmsKeyId: "alias/aws/kinesis",
  });
}
