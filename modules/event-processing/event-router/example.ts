import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import type { Construct } from "constructs";
import { arnOf, nameOf, ServiceRole, skipCheck } from "../../core";
import { match } from "../event-pattern";
import { deliveryStreamTarget, stateMachineTarget, streamTarget } from "../event-targets";
import { EventRouter } from ".";

/** Each picture that is not empty is worked on, told to whoever listens, and written down. */
export function example(scope: Construct): EventRouter<"pictures"> {
  // Made elsewhere: its ARN is all that a rule needs.
  const records = { arn: arnOf(scope, { service: "firehose", resource: "deliverystream/records" }) };
  return new EventRouter(scope, "uploads", {
    routes: {
      pictures: {
        key: [match.wildcard("in/*.jpg"), match.wildcard("in/*.png")],
        size: [match.numeric(">", 0)],
        reason: ["PutObject", "CompleteMultipartUpload"],
        targets: {
          process: { to: stateMachineTarget(workflow(scope)), input: { path: "$.detail" } },
          listeners: { to: streamTarget(listeners(scope), { partitionKeyPath: "$.detail.object.key" }) },
          record: { to: deliveryStreamTarget(records) },
        },
      },
    },
  });
}

function workflow(scope: Construct): SfnStateMachine {
  const name = nameOf(scope, "state-machine", "workflow");
  const machineArn = arnOf(scope, { service: "states", resource: `stateMachine:${name}` });
  const role = new ServiceRole(scope, "workflow-role", {
    service: "states.amazonaws.com",
    conditions: { ArnEquals: { "aws:SourceArn": machineArn } },
  });
  role.allow("WriteTraces", {
    actions: [
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ],
    resources: ["*"],
    caller: "service",
  });
  const machine = new SfnStateMachine(scope, "workflow", {
    name,
    definition: JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Pass", End: true } } }),
    roleArn: role.role.arn,
    tracingConfiguration: { enabled: true },
    dependsOn: [role.policy],
  });
  skipCheck(
    machine,
    "CKV_AWS_285",
    "A machine of one step has no history worth a log: yours says what it logs",
  );
  return machine;
}

function listeners(scope: Construct): KinesisStream {
  return new KinesisStream(scope, "listeners", {
    name: nameOf(scope, "stream", "listeners"),
    streamModeDetails: { streamMode: "ON_DEMAND" },
    encryptionType: "KMS",
    kmsKeyId: "alias/aws/kinesis",
  });
}
