import { IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { KMSClient, PutKeyPolicyCommand } from "@aws-sdk/client-kms";
import { AddPermissionCommand, LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import { PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { SetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { clientConfig } from "../../../scripts/local-aws/client";
import type { Attributes } from "../../../scripts/terraform/state";
import { changedArguments, PERMISSION, type PermissionArguments } from "./lambda-permissions";
import { type Mutation, mutatedText } from "./mutations";

type Write = (attributes: Attributes, policy: string) => Promise<unknown>;
type Undo = () => Promise<unknown>;

/** The policies of one stack that was applied. */
export class LivePolicies {
  private readonly writers: Readonly<Record<string, Write>>;
  private readonly lambda: LambdaClient;

  /** @param state attributes by address, as Terraform knows them */
  constructor(
    account: Readonly<Record<string, string>>,
    private readonly state: ReadonlyMap<string, Attributes>,
  ) {
    const config = clientConfig(account);
    this.lambda = new LambdaClient(config);
    const [iam, kms] = [new IAMClient(config), new KMSClient(config)];
    const s3 = new S3Client({ ...config, forcePathStyle: true });
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
      aws_s3_bucket_policy: ({ bucket }, Policy) =>
        s3.send(new PutBucketPolicyCommand({ Bucket: bucket as string, Policy })),
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
    const { address } = mutation.policy;
    const attributes = this.state.get(address);
    if (attributes === undefined) throw new Error(`${address} is not applied`);
    const change = address.startsWith(`${PERMISSION}.`) ? this.changePermission : this.changeDocument;
    const undo = await change.call(this, attributes, mutation);
    try {
      return await work();
    } finally {
      await undo();
    }
  }

  private async changeDocument(attributes: Attributes, mutation: Mutation): Promise<Undo> {
    const { address, argument, statements } = mutation.policy;
    const write = this.writers[address.split(".")[0] ?? ""];
    if (write === undefined) throw new Error(`${address} is not applied`);
    const written = attributes[argument] as string;
    if ([JSON.parse(written).Statement].flat().length !== statements.length) {
      throw new Error(`${address}: what was applied has other statements than the code`);
    }
    await write(attributes, mutatedText(written, mutation));
    return () => write(attributes, written);
  }

  /** A permission cannot be written anew: it is taken away, and what is left of it added. */
  private async changePermission(attributes: Attributes, { apply }: Mutation): Promise<Undo> {
    const left = changedArguments(attributes, apply);
    await this.removePermission(attributes);
    if (left !== undefined) await this.addPermission(left);
    return async () => {
      if (left !== undefined) await this.removePermission(attributes);
      await this.addPermission(attributes);
    };
  }

  private removePermission({
    function_name,
    statement_id,
    qualifier,
  }: PermissionArguments): Promise<unknown> {
    return this.lambda.send(
      new RemovePermissionCommand({
        FunctionName: function_name as string,
        StatementId: statement_id as string,
        Qualifier: (qualifier as string) || undefined,
      }),
    );
  }

  private addPermission(given: PermissionArguments): Promise<unknown> {
    const said = (argument: string) => (given[argument] as string) || undefined;
    return this.lambda.send(
      new AddPermissionCommand({
        FunctionName: said("function_name"),
        StatementId: said("statement_id"),
        Qualifier: said("qualifier"),
        Action: said("action"),
        Principal: said("principal"),
        SourceArn: said("source_arn"),
        SourceAccount: said("source_account"),
      }),
    );
  }
}
