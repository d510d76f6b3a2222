import { join } from "node:path";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { LocalBackend, TerraformStack } from "cdktf";
import { type Facts, provideFacts } from "../../modules/core";
import { AccountTrail } from "../../modules/operations/account-trail";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Terraform } from "../../scripts/terraform/driver";
import { someFacts } from "../../testing";
import { isRefused } from "../support/is-refused";
import { LiveRole } from "../support/live-role";
import { LocalAccount } from "../support/local-account";
import { Outputs } from "../support/terraform";

const STRANGER = "999999999999";

/** Does the work with the keys of a role that may do everything: the emulator asks no policy of the account's root. */
async function withAdministrator(
  env: Readonly<Record<string, string>>,
  work: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const iam = new IAMClient(clientConfig(env));
  const names = { RoleName: "administrator", PolicyName: "permissions" };
  const all = { Effect: "Allow", Action: "*", Resource: "*" };
  const nobody = { Effect: "Deny", Principal: "*", Action: "sts:AssumeRole" };
  const document = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new CreateRoleCommand({ ...names, AssumeRolePolicyDocument: document(nobody) }));
  try {
    await iam.send(new PutRolePolicyCommand({ ...names, PolicyDocument: document(all) }));
    await work(await new LiveRole(env, names.RoleName).assume());
  } finally {
    await iam.send(new DeleteRolePolicyCommand(names));
    await iam.send(new DeleteRoleCommand(names));
  }
}

/** The emulator writes no log files: one is put by hand where CloudTrail would put it. */
describe("an account's trail, applied where deletion is prevented", () => {
  const outputs = new Outputs();
  let account: LocalAccount;
  let terraform: Terraform;
  let file: { readonly Bucket: string; readonly Key: string };

  /** The stack as its environment says of data at one time. */
  const written = (deletion: Facts["deletion"]) => {
    const [stack] = outputs.ofApp(deletion, (app) => {
      const audit = new TerraformStack(app, "audit");
      new AwsProvider(audit, "aws", { region: "eu-west-1" });
      new LocalBackend(audit, { path: join(outputs.folder, "audit.tfstate") });
      provideFacts(audit, { ...someFacts, deletion });
      new AccountTrail(audit, "account-trail");
    });
    if (stack === undefined) throw new Error("nothing was synthesised");
    return account.terraform(stack);
  };
  const s3 = (env: Readonly<Record<string, string>> = account.env) =>
    new S3Client({ ...clientConfig(env), forcePathStyle: true });
  const stranger = () => s3({ ...account.env, AWS_ACCESS_KEY_ID: STRANGER });

  beforeAll(async () => {
    account = await LocalAccount.start();
    terraform = await written("prevent");
    await terraform.init();
    await terraform.apply();
    expect((await terraform.plan()).changes).toEqual([]);
    const buckets = [...(await terraform.state())].filter(([address]) =>
      address.startsWith("aws_s3_bucket."),
    );
    const Bucket = buckets[0]?.[1].bucket as string;
    file = { Bucket, Key: "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/26/file.json.gz" };
    await s3().send(new PutObjectCommand({ ...file, Body: "{}" }));
  });
  afterAll(async () => {
    await account.stop();
    outputs.remove();
  });

  it("records every region", async () => {
    const [[, trail] = []] = [...(await terraform.state())].filter(([address]) =>
      address.startsWith("aws_cloudtrail."),
    );
    expect(trail).toMatchObject({
      arn: "arn:aws:cloudtrail:eu-west-1:123456789012:trail/audit_account-trail",
      home_region: "eu-west-1",
      enable_logging: true,
      is_multi_region_trail: true,
      enable_log_file_validation: true,
    });
  });

  it("keeps a log file from an administrator, who may read it", async () => {
    await withAdministrator(account.env, async (env) => {
      expect(await isRefused(s3(env).send(new DeleteObjectCommand(file)))).toBe(true);
      const { ServerSideEncryption } = await s3(env).send(new GetObjectCommand(file));
      expect(ServerSideEncryption).toBe("aws:kms");
    });
  });

  it("shows a log file to nobody else", async () => {
    expect(await isRefused(stranger().send(new GetObjectCommand(file)))).toBe(true);
    expect(await isRefused(stranger().send(new PutObjectCommand({ ...file, Body: "{}" })))).toBe(true);
  });

  it("goes once its environment allows that, with what its bucket holds, and leaves nothing", async () => {
    await expect(terraform.destroy()).rejects.toThrow(/audit\/account-trail.*prevent_destroy/is);
    const later = await written("allow");
    await later.init();
    await later.apply();
    await later.destroy();
    expect(await later.resources()).toEqual([]);
    expect(await account.remains()).toEqual([]);
  });
});
