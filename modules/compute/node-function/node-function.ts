import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AssetType, type ITerraformDependable, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import {
  Checks,
  type Facts,
  factsOf,
  type Grantee,
  logGroup,
  nameOf,
  ServiceRole,
  type Statement,
} from "../../core";
import { type NetworkRef, Placement, type Tier } from "../../network";
import { type Bundle, bundleOf, HANDLER, SIZE_LIMITS } from "./bundle";
import { PAYLOAD_FILE, PAYLOAD_LIMIT } from "./payload";
import { skipFunctionChecks, skipInterfaceChecks } from "./scanner-skips";
import { entryOf, type FunctionSource } from "./source";

/** A function without environment variables: `new NodeFunction<NoVariables>(…)`. */
export type NoVariables = Readonly<Record<string, never>>;

/** The variables of a function: its `env.ts`, an interface of strings. */
export type Variables<Env> = { readonly [Name in keyof Env]: string };

/** A grantee that can also be invoked. */
export interface Handler extends Grantee {
  readonly lambda: LambdaFunction;
  readonly timeoutSeconds: number;
  /** What the handler may do. Depend on it where AWS checks the permission at creation. */
  readonly permissions: ITerraformDependable;
  /** The statements allowed so far. */
  readonly allowed: readonly Statement[];
  /** Copies at once at most; none where it is not limited. */
  readonly reservedConcurrency?: number;
}

export interface NodeFunctionProps<Env> {
  /**
   * The name of a folder under `functions/` of your project, its code in `handler.ts`; `{ entry }`, a file of your own that
   * exports `handler`; or `{ packaged }`, the name of a function that this package ships.
   */
  readonly source: FunctionSource;
  /**
   * Exactly the variables of the function's `env.ts`: name the type, `new NodeFunction<BillingEnv>(…)`. Forgetting one, or
   * the type, does not compile; a function without variables is a `NodeFunction<NoVariables>`.
   */
  readonly environment: NoInfer<Env>;
  /** 128 to 10,240. More memory is more processor too. @default 256 */
  readonly memoryMb?: number;
  /** 1 to 900. @default 30 */
  readonly timeoutSeconds?: number;
  /** The processor; a bundle and its payload fit both. @default - the environment's */
  readonly architecture?: Facts["functionArchitecture"];
  /** Copies that may run at once; 0 stops it. @default - what the account has left */
  readonly reservedConcurrency?: number;
  /** The network to run in. @default - none: AWS's own, which reaches every service and nothing of yours */
  readonly network?: NetworkRef;
  /** Where in the network. @default "private" */
  readonly tier?: Tier;
}

/** Lambda quotas: names and values of all variables together. */
const ENVIRONMENT_BYTES = 4096;
/** Lambda developer guide, "Defined runtime environment variables": the reserved ones. */
const RESERVED_VARIABLES = [
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
];

/**
 * A Lambda function in TypeScript: `sources → bundle → log group + role → function`.
 *
 * The log group is made first and the role cannot make one: otherwise Lambda makes it, unencrypted and kept for ever.
 * Makes a log group, a role, a function, and a security group where it is placed in a network.
 * Costs per call and per GB-second; the logs key of the stack about 1 USD a month.
 */
export class NodeFunction<Env extends Variables<Env> = never> extends Construct implements Handler {
  readonly lambda: LambdaFunction;
  readonly logGroup: CloudwatchLogGroup;
  readonly role: ServiceRole;
  /** Its subnets and security group; none outside a network. */
  readonly placement?: Placement;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number;

  constructor(scope: Construct, id: string, props: NodeFunctionProps<Env>) {
    super(scope, id);
    this.timeoutSeconds = props.timeoutSeconds ?? 30;
    this.reservedConcurrency = props.reservedConcurrency;
    const bundle = checkedBundle(this, props);
    this.logGroup = logGroup(this, "logs", "function-log-group");
    this.role = executionRole(this, this.logGroup);
    this.placement = this.place(props);
    this.lambda = new LambdaFunction(this, "Default", {
      functionName: nameOf(this, "function"),
      role: this.role.role.arn,
      runtime: "nodejs22.x",
      handler: HANDLER,
      architectures: [props.architecture ?? factsOf(this).functionArchitecture],
      filename: codeOf(this, bundle).path,
      sourceCodeHash: bundle.hash,
      memorySize: props.memoryMb ?? 256,
      timeout: this.timeoutSeconds,
      reservedConcurrentExecutions: props.reservedConcurrency,
      environment: { variables: withSourceMaps(props.environment) },
      loggingConfig: { logFormat: "JSON", logGroup: this.logGroup.name },
      tracingConfig: { mode: "Active" },
      vpcConfig: this.placement && {
        subnetIds: [...this.placement.subnetIds],
        securityGroupIds: [this.placement.securityGroup.id],
      },
      dependsOn: [this.logGroup, this.role.policy],
    });
    skipFunctionChecks(this.lambda, {
      placed: this.placement !== undefined,
      limited: props.reservedConcurrency !== undefined,
    });
  }

  get permissions(): ITerraformDependable {
    return this.role.policy;
  }

  get allowed(): readonly Statement[] {
    return this.role.allowed;
  }

  allow(sid: string, statement: Statement): void {
    this.role.allow(sid, statement);
  }

  /**
   * Lambda makes the network interfaces with the function's role, and these calls know no resources before there is an
   * interface (Lambda developer guide, "Giving functions access to resources in a VPC").
   */
  private place({ network, tier }: NodeFunctionProps<Env>): Placement | undefined {
    if (network === undefined) return undefined;
    this.allow("ManageNetworkInterfaces", {
      actions: [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
      ],
      resources: ["*"],
      caller: "service",
    });
    skipInterfaceChecks(this.role.policy);
    const placement = new Placement(this, "placement", network, { tier });
    placement.requireReach("node-function", this, () => this.role.allowed);
    return placement;
  }
}

function executionRole(scope: Construct, logs: CloudwatchLogGroup): ServiceRole {
  const role = new ServiceRole(scope, "role", { service: "lambda.amazonaws.com" });
  role.allow("WriteLogs", {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [`${logs.arn}:*`],
    caller: "service",
  });
  role.allow("WriteTraces", {
    // X-Ray knows no resources (Service Authorization Reference, "AWS X-Ray").
    actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    resources: ["*"],
    caller: "service",
  });
  return role;
}

/** The archive is made here, not by TerraformAsset, whose zips differ from checkout to checkout. */
function codeOf(scope: Construct, { path }: Bundle): TerraformAsset {
  return new TerraformAsset(scope, "code", { path, type: AssetType.FILE });
}

function checkedBundle<Env extends Variables<Env>>(scope: Construct, props: NodeFunctionProps<Env>): Bundle {
  const checks = new Checks("node-function", scope);
  checks.wholeNumber("memoryMb", props.memoryMb, { min: 128, max: 10_240 });
  checks.wholeNumber("timeoutSeconds", props.timeoutSeconds, { min: 1, max: 900 });
  checks.wholeNumber("reservedConcurrency", props.reservedConcurrency, { min: 0, max: 1000 });
  checks.oneOf("architecture", props.architecture, ["arm64", "x86_64"]);
  checks.that(
    props.tier === undefined || props.network !== undefined,
    `tier "${props.tier}" needs a network: give the network, or leave the tier out`,
  );
  checkVariables(checks, withSourceMaps(props.environment));
  const found = entryOf(props.source);
  if ("fault" in found) checks.that(false, found.fault);
  checks.done();
  return checkedCode(scope, (found as { entry: string }).entry);
}

/** Stack traces in terms of the sources, beside what the caller wants of Node. */
function withSourceMaps(environment: Readonly<Record<string, string>>): Record<string, string> {
  const options = [environment.NODE_OPTIONS, "--enable-source-maps"].filter((option) => option !== undefined);
  return { ...environment, NODE_OPTIONS: options.join(" ") };
}

function checkVariables(checks: Checks, environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(environment)) {
    checks.matches(`environment variable name`, name, /^[a-zA-Z]\w+$/, "a letter, then letters, digits or _");
    checks.that(
      !RESERVED_VARIABLES.includes(name),
      `environment variable ${name} is set by Lambda itself: choose another name`,
    );
  }
  const bytes = Buffer.byteLength(Object.entries(environment).flat().join(""));
  checks.that(
    bytes <= ENVIRONMENT_BYTES,
    `environment takes ${bytes} bytes, and Lambda holds ${ENVIRONMENT_BYTES}: keep large values in a parameter`,
  );
}

/** Before AWS says so at apply or at the first call: it builds, exports its handler and fits. */
function checkedCode(scope: Construct, entry: string): Bundle {
  const checks = new Checks("node-function", scope);
  const bundle = built(checks, entry);
  checks.that(
    bundle.exports.includes("handler"),
    `source ${entry} exports ${bundle.exports.join(", ") || "nothing"}, and Lambda calls \`handler\`: export const handler = …`,
  );
  for (const measure of ["zippedBytes", "unzippedBytes"] as const) {
    checks.that(
      bundle[measure] <= SIZE_LIMITS[measure],
      `the bundle takes ${bundle[measure]} bytes (${measure}), and Lambda holds ${SIZE_LIMITS[measure]}: ` +
        `the heaviest files are ${listed(bundle.heaviest)}`,
    );
  }
  const { zippedBytes, heaviest } = bundle.payload;
  checks.that(
    zippedBytes <= PAYLOAD_LIMIT.zippedBytes,
    `the payload takes ${zippedBytes} bytes (zipped), and ${PAYLOAD_LIMIT.zippedBytes} are allowed: name fewer files in ` +
      `${PAYLOAD_FILE}, or ship a container image; the heaviest are ${listed(heaviest)}`,
  );
  checks.done();
  return bundle;
}

function listed(weights: Bundle["heaviest"]): string {
  return weights.map(({ file, bytes }) => `${file} (${bytes})`).join(", ");
}

/** @throws Error with the construct's path and the compiler's own words */
function built(checks: Checks, entry: string): Bundle {
  try {
    return bundleOf(entry);
  } catch (error) {
    checks.that(false, `source does not build: ${(error as Error).message}`).done();
    throw error;
  }
}
