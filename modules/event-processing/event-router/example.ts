import { KinesisFirehoseDeliveryStream } from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import { Construct } from "constructs";
import { nameOf, ServiceRole } from "../../core";
import { Bucket } from "../../storage";
import { match } from "../event-pattern";
import { deliveryStreamTarget, stateMachineTarget, streamTarget } from "../event-targets";
import { EventRouter } from ".";

/** Each picture that is not empty is worked on, told to whoever listens, and written down. */
export function example(scope: Construct): EventRouter<"pictures"> {
  return new EventRouter(scope, "uploads", {
    routes: {
      pictures: {
        key: [match.wildcard("in/*.jpg"), match.wildcard("in/*.png")],
        size: [match.numeric(">", 0)],
        reason: ["PutObject", "CompleteMultipartUpload"],
        targets: {
          process: { to: stateMachineTarget(workflow(scope)), input: { path: "$.detail" } },
          listeners: { to: streamTarget(listeners(scope), { partitionKeyPath: "$.detail.object.key" }) },
          record: { to: deliveryStreamTarget(records(scope)) },
        },
      },
    },
  });
}

function workflow(scope: Construct): SfnStateMachine {
  const role = new ServiceRole(scope, "workflow-role", { service: "states.amazonaws.com" });
  role.allow("WriteTraces", {
    actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    resources: ["*"],
    caller: "service",
  });
  return new SfnStateMachine(scope, "workflow", {
    definition: JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Pass", End: true } } }),
    roleArn: role.role.arn,
    tracingConfiguration: { enabled: true },
    dependsOn: [role.policy],
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

function records(scope: Construct): KinesisFirehoseDeliveryStream {
  const home = new Construct(scope, "records");
  const bucket = new Bucket(home, "bucket", { expireAfterDays: 365 });
  const role = new ServiceRole(home, "role", { service: "firehose.amazonaws.com" });
  bucket.grant(role, "", "AbortMultipartUpload", "PutObject");
  return new KinesisFirehoseDeliveryStream(home, "Default", {
    name: nameOf(home, "delivery-stream"),
    destination: "extended_s3",
    extendedS3Configuration: {
      bucketArn: bucket.bucket.arn,
      roleArn: role.role.arn,
      compressionFormat: "GZIP",
    },
    serverSideEncryption: { enabled: true },
    dependsOn: [role.policy],
  });
}
