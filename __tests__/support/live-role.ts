import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { clientConfig } from "../../scripts/local-aws/client";
import { isRefused } from "./is-refused";

interface EmittedStatement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

const TRUST_OF_THE_ACCOUNT = JSON.stringify({
  Version: "2012-10-17",
  Statement: {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::123456789012:root" },
    Action: "sts:AssumeRole",
  },
});

/** A role that was applied, with its one policy. */
export class LiveRole {
  private readonly iam: IAMClient;
  private readonly names: { readonly RoleName: string; readonly PolicyName: string };

  constructor(
    private readonly account: Readonly<Record<string, string>>,
    name: string,
  ) {
    this.iam = new IAMClient(clientConfig(account));
    this.names = { RoleName: name, PolicyName: "permissions" };
  }

  /**
   * Does the work while the role may not do one thing.
   * @param resource the end of the ARN
   * @throws Error where exactly one statement does not allow it: then nothing would be taken away
   */
  async without<T>(action: string, resource: string, work: () => Promise<T>): Promise<T> {
    const { PolicyDocument = "" } = await this.iam.send(new GetRolePolicyCommand(this.names));
    const document = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: EmittedStatement[] };
    const allows = ({ Action, Resource }: EmittedStatement) =>
      [Action].flat().includes(action) && [Resource].flat().some((arn) => arn.endsWith(resource));
    const allowing = document.Statement.filter(allows);
    if (allowing.length !== 1)
      throw new Error(`${this.names.RoleName}: ${allowing.length} statements allow ${action} on ${resource}`);
    const Statement = document.Statement.flatMap((statement) => {
      if (!allows(statement)) return [statement];
      const Action = [statement.Action].flat().filter((each) => each !== action);
      return Action.length === 0 ? [] : [{ ...statement, Action }];
    });
    await this.put({ ...document, Statement });
    try {
      return await work();
    } finally {
      await this.put(document);
    }
  }

  /** Keys with which a test calls as the role, whose trust is opened to it for that moment. */
  async assume(): Promise<Readonly<Record<string, string>>> {
    const { RoleName } = this.names;
    const { Role } = await this.iam.send(new GetRoleCommand({ RoleName }));
    const trust = (PolicyDocument: string) =>
      this.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const written = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
    await trust(TRUST_OF_THE_ACCOUNT);
    try {
      const { Credentials } = await new STSClient(clientConfig(this.account)).send(
        new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "test" }),
      );
      return {
        ...this.account,
        AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? "",
        AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? "",
        AWS_SESSION_TOKEN: Credentials?.SessionToken ?? "",
      };
    } finally {
      await trust(written);
    }
  }

  /**
   * Whether calls of the role's own are refused on keys, by ARN, that services may use in its name.
   * @throws Error without a key: nothing would be tried
   */
  async isKeptFrom(...keys: readonly string[]): Promise<boolean> {
    if (keys.length === 0) throw new Error(`${this.names.RoleName}: there is no key to be kept from`);
    const owner = new KMSClient(clientConfig(this.account));
    const asRole = new KMSClient(clientConfig(await this.assume()));
    for (const KeyId of keys) {
      const { CiphertextBlob } = await owner.send(
        new EncryptCommand({ KeyId, Plaintext: Buffer.from("secret") }),
      );
      if (!(await isRefused(asRole.send(new DecryptCommand({ KeyId, CiphertextBlob }))))) return false;
      const generate = new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" });
      if (!(await isRefused(asRole.send(generate)))) return false;
    }
    return true;
  }

  private async put(document: object): Promise<void> {
    await this.iam.send(
      new PutRolePolicyCommand({ ...this.names, PolicyDocument: JSON.stringify(document) }),
    );
  }
}
