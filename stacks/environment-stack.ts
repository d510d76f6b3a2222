import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { provideFacts, type TopicRef } from "../modules/core";
import type { Environment } from "./environment";

/** The project's part of state keys and tags. */
const PROJECT = "cdktf-aws-patterns";

export interface EnvironmentStackProps {
  /** Where the alarms of this stack go, or `"none"` in so many words. */
  readonly alarmTopic: TopicRef | "none";
}

/**
 * A stack of an environment: `state backend + provider guarded by account + default tags + facts for its modules`.
 * The id is `<environment>-<name>`, so that `cdktf deploy 'prod-*'` works.
 */
export abstract class EnvironmentStack extends TerraformStack {
  private readonly environment: Environment;
  private readonly stackName: string;
  private usEast1Provider?: AwsProvider;

  constructor(app: App, name: string, environment: Environment, { alarmTopic }: EnvironmentStackProps) {
    super(app, `${environment.name}-${name}`);
    if (!App.isApp(app)) {
      throw new Error(
        `stack "${this.node.path}": must be a direct child of App, or cdktf deploy does not find what it depends on ` +
          "(terraform-cdk#2976): give it the app",
      );
    }
    this.environment = environment;
    this.stackName = name;
    provideFacts(this, { ...environment, alarmTopic });
    keepState(this, name, environment);
    new AwsProvider(this, "aws", this.providerSettings());
  }

  /** The provider of us-east-1, where certificates and web ACLs of CloudFront live; made when first asked for. */
  get usEast1(): AwsProvider {
    this.usEast1Provider ??= new AwsProvider(this, "aws-us-east-1", {
      ...this.providerSettings(),
      region: "us-east-1",
      alias: "us-east-1",
    });
    return this.usEast1Provider;
  }

  /** A wrong profile fails at once: `allowed_account_ids` knows one account only. */
  private providerSettings() {
    const { name, account, region, assumeRole, tags } = this.environment;
    return {
      region,
      allowedAccountIds: [account],
      assumeRole: assumeRole === undefined ? undefined : [{ roleArn: assumeRole }],
      defaultTags: [
        {
          tags: {
            ...tags,
            environment: name,
            stack: this.stackName,
            project: PROJECT,
            "managed-by": "terraform",
          },
        },
      ],
    };
  }
}

function keepState(
  scope: Construct,
  name: string,
  { name: environment, account, region, assumeRole, state }: Environment,
): void {
  if (state.kind === "local-file") {
    // Relative to cdktf.out/stacks/<id>, where Terraform runs.
    new LocalBackend(scope, { path: `../../../.state/${environment}/${name}.tfstate` });
    return;
  }
  const backend = new S3Backend(scope, {
    bucket: state.bucket,
    key: `${PROJECT}/${environment}/${name}.tfstate`,
    region: state.region ?? region,
    encrypt: true,
    allowedAccountIds: [account],
    kmsKeyId: state.kmsKeyArn,
    assumeRole: assumeRole === undefined ? undefined : { roleArn: assumeRole },
  });
  // cdktf 0.21 has no property for the native lock file (terraform-cdk#3889).
  backend.addOverride("use_lockfile", true);
}
