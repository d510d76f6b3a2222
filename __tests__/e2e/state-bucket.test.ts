import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { classify } from "../../scripts/local-aws/artefacts";
import { clientConfig } from "../../scripts/local-aws/client";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import { dev } from "../../stacks/environments/dev";
import { LocalAccount } from "../support/local-account";
import { Outputs } from "../support/terraform";

/** The environment `dev` as it is, in its own account: nothing is overridden. */
describe("the state bucket of dev", () => {
  const outputs = new Outputs();
  const Bucket = dev.state.bucket;
  const Key = "cdktf-aws-patterns/dev/operations.tfstate";
  let account: LocalAccount;
  let s3: S3Client;
  let bootstrap: SynthesisedStack;
  let operations: SynthesisedStack;

  beforeAll(async () => {
    account = await LocalAccount.start(dev.account);
    s3 = new S3Client({ ...clientConfig(account.env), forcePathStyle: true });
    const [bucket] = outputs.ofProgram("bootstrap", "scripts/bootstrap.js", ["dev"], {});
    const [first] = outputs.ofProgram("main", "main.js", [], { ENVIRONMENTS: "dev" });
    if (bucket === undefined || first === undefined) throw new Error("nothing was synthesised");
    [bootstrap, operations] = [bucket, first];
    const terraform = await account.terraform(bucket);
    await terraform.init();
    await terraform.apply();
    expect((await terraform.plan()).changes).toEqual([]);
  });
  afterAll(async () => {
    await account.stop();
    outputs.remove();
  });

  it("holds the state of a stack under its key, encrypted", async () => {
    expect(operations.id).toBe("dev-operations");
    const terraform = await account.terraform(operations);
    await terraform.init();
    await terraform.apply();
    const { ServerSideEncryption, ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    expect(ServerSideEncryption).toBe("aws:kms");
    expect(ContentLength).toBeGreaterThan(1000);
    expect(classify((await terraform.plan()).changes).unexplained).toEqual([]);
  });

  it("keeps two operators from writing one state: a lock file stops the second", async () => {
    const lock = {
      ID: "someone",
      Operation: "OperationTypeApply",
      Who: "another operator",
      Version: "1.11.4",
      Created: "2026-11-24T10:00:00Z",
    };
    await s3.send(new PutObjectCommand({ Bucket, Key: `${Key}.tflock`, Body: JSON.stringify(lock) }));
    const terraform = await account.terraform(operations);
    await expect(terraform.plan()).rejects.toThrow(/Error acquiring the state lock/);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents.map(({ Key: name }) => name)).toEqual([Key, `${Key}.tflock`]);
  });

  it("rejects the credentials of another account before anything is read", async () => {
    const stranger = await account.terraform(bootstrap, { AWS_ACCESS_KEY_ID: "999999999999" });
    await expect(stranger.plan()).rejects.toThrow(/AWS account ID not allowed: 999999999999/);
  });
});
