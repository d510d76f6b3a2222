import { IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import { SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { clientConfig } from "../../../scripts/local-aws/client";
import type { Attributes } from "../../../scripts/terraform/state";
import { type Mutation, mutatedText } from "./mutations";

type Write = (attributes: Attributes, policy: string) => Promise<unknown>;

/** The policies of one stack that was applied. */
export class LivePolicies {
  private readonly writers: Readonly<Record<string, Write>>;

  /** @param state attributes by address, as Terraform knows them */
  constructor(
    account: Readonly<Record<string, string>>,
    private readonly state: ReadonlyMap<string, Attributes>,
  ) {
    const config = clientConfig(account);
    const [iam, kms] = [new IAMClient(config), new KMSClient(config)];
    const [sns, sqs] = [new SNSClient(config), new SQSClient(config)];
    this.writers = {
      aws_iam_role: ({ name }, PolicyDocument) =>
        iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: name as string, PolicyDocument })),
      aws_iam_role_policy: ({ role, name }, PolicyDocument) =>
        iam.send(
          new PutRolePolicyCommand({ RoleName: role as string, PolicyName: name as string, PolicyDocument }),
        ),
      aws_kms_key_policy: ({ key_id }, Policy) =>
        kms.send(new PutKeyPolicyCommand({ KeyId: key_id as string, Policy })),
      aws_sns_topic_policy: ({ arn }, AttributeValue) =>
        sns.send(
          new SetTopicAttributesCommand({ TopicArn: arn as string, AttributeName: "Policy", AttributeValue }),
        ),
      aws_sqs_queue_policy: ({ queue_url }, Policy) =>
        sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue_url as string, Attributes: { Policy } })),
    };
  }

  /** Does the work while a policy is mutated. */
  async during<T>(mutation: Mutation, work: () => Promise<T>): Promise<T> {
    const { address, argument, statements } = mutation.policy;
    const attributes = this.state.get(address);
    const write = this.writers[address.split(".")[0] ?? ""];
    if (attributes === undefined || write === undefined) throw new Error(`${address} is not applied`);
    const written = attributes[argument] as string;
    if ([JSON.parse(written).Statement].flat().length !== statements.length) {
      throw new Error(`${address}: what was applied has other statements than the code`);
    }
    await write(attributes, mutatedText(written, mutation));
    try {
      return await work();
    } finally {
      await write(attributes, written);
    }
  }
}
