import { randomUUID } from "node:crypto";
import { GetPolicyCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { clientConfig } from "../../scripts/local-aws/client";
import type { Attributes } from "../../scripts/terraform/state";
import { readStack } from "../../testing";
import { type Context, decide, readPolicy } from "../../testing/policies";
import { quarters } from "../functions/support/pictures";
import { attributeAt } from "../support/applied";
import { isRefused } from "../support/is-refused";
import { LiveRole } from "../support/live-role";
import { eventually, LocalAccount } from "../support/local-account";
import { type Behaviour, judgePermissions, superfluousOf } from "../support/permission-mutation/judge";
import { LivePolicies } from "../support/permission-mutation/live-policies";
import { Outputs } from "../support/terraform";
import { Thumbnails } from "../support/thumbnails";

const STACK = "local-pictures";
const PLACES = ["uploads/", "thumbnails/", "quarantine/"];

/** What the thumbnail function of the stack promises, and what it must be refused. */
class ThumbnailTrials {
  private readonly pictures: Thumbnails;

  private constructor(
    private readonly account: LocalAccount,
    private readonly state: ReadonlyMap<string, Attributes>,
    private readonly role: LiveRole,
    /** The account, called with keys of the role. */
    private readonly asRole: Readonly<Record<string, string>>,
  ) {
    this.pictures = new Thumbnails(account.env, this.attribute("aws_s3_bucket.bucket", "bucket"));
  }

  static async of(account: LocalAccount, state: ReadonlyMap<string, Attributes>): Promise<ThumbnailTrials> {
    const role = new LiveRole(account.env, `${STACK}_thumbnail_role`);
    return new ThumbnailTrials(account, state, role, await role.assume());
  }

  get behaviours(): readonly Behaviour[] {
    return [
      ofRole("the function makes a thumbnail", async () =>
        this.leaves("thumbnails/", (await quarters(8, 8)).pngsaveBuffer()),
      ),
      ofRole("the function sets aside what is no picture", () => this.leaves("quarantine/", "text")),
      // S3 says "not found" only to those who may list; the emulator to everybody, and asks for the list itself.
      ...PLACES.map((place) =>
        ofRole(
          `the function can know what is not in ${place}`,
          async () => !(await this.isKeptFromList(place)),
        ),
      ),
      ofPermission("the bucket may invoke the function", () => this.mayInvoke({})),
    ];
  }

  get probes(): readonly Behaviour[] {
    return [
      ofRole("the function cannot know what is elsewhere", () => this.isKeptFromList("elsewhere/")),
      ofRole("the function cannot use the bucket's key itself", () =>
        this.role.isKeptFrom(this.attribute("aws_kms_key.bucket_key", "arn")),
      ),
      ofPermission(
        "another bucket cannot invoke the function",
        async () => !(await this.mayInvoke({ "aws:SourceArn": "arn:aws:s3:::another-bucket" })),
      ),
      ofPermission(
        "a bucket of that name in another account cannot invoke the function",
        async () => !(await this.mayInvoke({ "aws:SourceAccount": "444444444444" })),
      ),
    ];
  }

  /** Whether an upload leaves something in a place, or its event ends as a failed one. */
  private async leaves(place: string, content: Uint8Array | string): Promise<boolean> {
    const key = `uploads/${randomUUID()}`;
    await this.pictures.put(key, content);
    return eventually(`${key} in ${place}, or its failure`, async () => {
      if ((await this.pictures.keysBelow(`${place}${key}`)).length > 0) return true;
      const failed = (await this.pictures.failed()).flatMap(({ requestPayload }) => requestPayload.Records);
      return failed.some(({ s3 }) => s3.object.key === key) ? false : undefined;
    });
  }

  private isKeptFromList(Prefix: string): Promise<boolean> {
    const s3 = new S3Client({ ...clientConfig(this.asRole), forcePathStyle: true });
    return isRefused(s3.send(new ListObjectsV2Command({ Bucket: this.pictures.bucket, Prefix })));
  }

  /** The emulator's buckets invoke whatever the function's policy says: our evaluator reads it. */
  private async mayInvoke(context: Context): Promise<boolean> {
    const lambda = new LambdaClient(clientConfig(this.account.env));
    const FunctionName = `${STACK}_thumbnail`;
    const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName })).catch((error: Error) => {
      if (error.name === "ResourceNotFoundException") return { Policy: undefined };
      throw error;
    });
    const { outcome } = decide(
      {
        principal: { service: "s3.amazonaws.com" },
        action: "lambda:InvokeFunction",
        resource: this.attribute("aws_lambda_function.thumbnail", "arn"),
        context: {
          "aws:SourceArn": this.attribute("aws_s3_bucket.bucket", "arn"),
          "aws:SourceAccount": "123456789012",
          ...context,
        },
      },
      { resource: Policy === undefined ? undefined : readPolicy(Policy) },
    );
    return outcome === "allowed";
  }

  private attribute(address: string, name: string): string {
    return attributeAt(this.state, address, name);
  }
}

function ofRole(name: string, holds: () => Promise<boolean>): Behaviour {
  return { name, concerns: /^thumbnail\/role\/policy$/, holds };
}

function ofPermission(name: string, holds: () => Promise<boolean>): Behaviour {
  return { name, by: "evaluator", concerns: /^thumbnail\/invoked-by-bucket$/, holds };
}

describe("the permissions of the stack pictures", () => {
  const outputs = new Outputs();
  let account: LocalAccount;
  beforeAll(async () => {
    account = await LocalAccount.start();
  });
  afterAll(async () => {
    await account?.stop();
    outputs.remove();
  });

  it("are all needed: each one taken away breaks a behaviour, each restriction lets somebody through", async () => {
    const all = outputs.ofProgram("local", "main.js", [], { ENVIRONMENTS: "local" });
    const applied = async (id: string) => {
      const stack = all.find((each) => each.id === id);
      if (stack === undefined) throw new Error(`no stack ${id}`);
      const terraform = await account.terraform(stack);
      await terraform.init();
      await terraform.apply();
      return { synthesized: readStack(stack), terraform };
    };
    const operations = await applied("local-operations");
    const { synthesized, terraform } = await applied(STACK);
    const state = await terraform.state();
    const { behaviours, probes } = await ThumbnailTrials.of(account, state);
    const judgements = await judgePermissions({
      stack: synthesized,
      others: [operations.synthesized],
      live: new LivePolicies(account.env, state),
      behaviours,
      probes,
    });
    expect(superfluousOf(judgements)).toEqual([]);
    const red = judgements.filter(({ policy, red }) => policy === "thumbnail/role/policy" && red);
    for (const what of ["GetObjectVersion", "Thumbnails", "Quarantine", "Decrypt", "Encrypt"])
      expect(red.filter(({ sid }) => sid.includes(what))).not.toEqual([]);
    for (const place of ["Uploads", "Thumbnails", "Quarantine"])
      expect(red.filter(({ sid }) => sid.startsWith(`ListLocalPicturesBucket${place}`))).toHaveLength(2);
  });
});
