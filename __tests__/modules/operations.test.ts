import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { AlarmTopic, type AlarmTopicProps } from "../../modules/operations/alarm-topic";
import { statementsOf, synthesize } from "../../testing";

const topic = (props?: AlarmTopicProps) => synthesize((stack) => void new AlarmTopic(stack, "alarms", props));
const fromAlarms = {
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*" } },
};

describe("an alarm topic", () => {
  it("is encrypted with a customer key, since alarms cannot use the AWS-managed one", () => {
    expect(topic().one(SnsTopic).kms_master_key_id).toMatch(/^\$\{aws_kms_key\.alarms_key/);
  });

  it("lets the alarms of this account and region publish, and nobody else", () => {
    const allowed = statementsOf(topic().one(SnsTopicPolicy).policy).filter(
      ({ Effect }) => Effect === "Allow",
    );
    expect(allowed).toEqual([
      {
        Sid: "AllowAlarms",
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: "${aws_sns_topic.alarms.arn}",
        ...fromAlarms,
      },
    ]);
  });

  it("lets the same alarms use its key", () => {
    const services = statementsOf(topic().one(KmsKeyPolicy).policy).filter(
      ({ Principal }) => "Service" in Principal,
    );
    expect(services).toEqual([
      {
        Sid: "AllowAlarms",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        ...fromAlarms,
      },
    ]);
  });

  it("writes to an address where there is one", () => {
    expect(topic({ email: "a@b.example" }).one(SnsTopicSubscription)).toMatchObject({
      protocol: "email",
      endpoint: "a@b.example",
      topic_arn: "${aws_sns_topic.alarms.arn}",
    });
  });

  it("has no subscription where there is no address", () => {
    expect(Object.keys(topic().resources(SnsTopicSubscription))).toEqual([]);
  });
});
