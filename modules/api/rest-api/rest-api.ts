import { ApiGatewayAuthorizer } from "@cdktf/provider-aws/lib/api-gateway-authorizer";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayRequestValidator } from "@cdktf/provider-aws/lib/api-gateway-request-validator";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import {
  addressOf,
  Checks,
  logGroup,
  namedLogGroup,
  nameOf,
  resolveIn,
  restApiPolicy,
  sidOf,
  type UserPoolRef,
} from "../../core";
import { ACCESS_LOG_FORMAT } from "./access-log";
import { type ApiAlarmProps, alarmOnApi, checkApiAlarms } from "./api-alarms";
import { deployedResources, deploymentTriggers } from "./deployed-bodies";
import { gatewayResponses } from "./gateway-responses";
import type { ApiHome, Validation } from "./home";
import type { ApiMethod, ApiMethodProps, HttpMethod } from "./method";
import { Route } from "./route";
import { skipApiChecks } from "./scanner-skips";
import { checkThrottle, checkUsagePlan, type Throttle, UsagePlan, type UsagePlanProps } from "./usage-plan";

export interface RestApiProps extends ApiAlarmProps {
  /** Last part of the URL before the paths. @default "live" */
  readonly stage?: string;
  /** Of each method by itself, whoever calls. @default - 100 requests a second, 200 at once */
  readonly throttle?: Throttle;
  /** What API Gateway writes of its own doing; never headers and bodies (no data trace). @default "errors" */
  readonly executionLogs?: "off" | "errors" | "info";
  /** API keys with a throttle and a quota for each. @default - no keys */
  readonly usagePlan?: UsagePlanProps;
  /** IPv4 ranges that requests must come from, such as `["192.0.2.0/24"]`. @default - from anywhere */
  readonly allowedSourceRanges?: readonly string[];
}

const DEFAULT_THROTTLE: Throttle = { ratePerSecond: 100, burst: 200 };
const LOG_LEVELS = { off: "OFF", errors: "ERROR", info: "INFO" } as const;

/**
 * A regional REST API with one stage: `caller → stage (throttle, log, trace) → route → method → integration`.
 *
 * It is deployed anew whenever anything that belongs to it changes, be it a word in a template. Makes the API, a deployment, a
 * stage, an access log, an execution log and three alarms (0.10 USD a month each); requests and logs are paid as used.
 * Logs need the role of the account: {@link ApiGatewayAccount}, once an account and region, applied before.
 */
export class RestApi extends Construct {
  readonly api: ApiGatewayRestApi;
  readonly deployment: ApiGatewayDeployment;
  readonly stage: ApiGatewayStage;
  readonly settings: ApiGatewayMethodSettings;
  readonly accessLog: CloudwatchLogGroup;
  /** The log that API Gateway would make itself, and keep for ever; none where it writes none. */
  readonly executionLog?: CloudwatchLogGroup;
  readonly usagePlan?: UsagePlan;
  private readonly root: Route;
  private readonly stageName: string;

  constructor(scope: Construct, id: string, props: RestApiProps = {}) {
    super(scope, id);
    checkProps(this, props);
    this.stageName = props.stage ?? "live";
    this.api = this.makeApi();
    this.root = new Route(this, "root", { home: this.home(props), path: "" });
    gatewayResponses(this, this.api);
    this.deployment = this.deploy();
    this.accessLog = logGroup(this, "access-log", "log-group");
    this.executionLog = this.makeExecutionLog(props);
    this.stage = this.makeStage();
    this.settings = this.makeSettings(props);
    this.usagePlan = props.usagePlan && new UsagePlan(this, "usage-plan", this.stage, props.usagePlan);
    this.shutOut(props.allowedSourceRanges);
    alarmOnApi(this, this.api, this.stageName, props);
    skipApiChecks(this.stage, this.settings);
    this.node.addValidation({ validate: () => this.missing() });
  }

  /** Where it is called, without a slash at the end. */
  get url(): string {
    return this.stage.invokeUrl;
  }

  /** The route of a path such as `/orders/{id}`; made at the first call. */
  route(path: string): Route {
    return path === "/" ? this.root : this.root.route(path);
  }

  /** Adds a method, such as `api.method("POST /orders", { authorization: "iam", integration })`. */
  method(verbAndPath: `${HttpMethod} /${string}`, props: ApiMethodProps): ApiMethod {
    const at = verbAndPath.indexOf(" ");
    return this.route(verbAndPath.slice(at + 1)).method(verbAndPath.slice(0, at) as HttpMethod, props);
  }

  private makeApi(): ApiGatewayRestApi {
    return new ApiGatewayRestApi(this, "Default", {
      name: nameOf(this, "rest-api"),
      endpointConfiguration: { types: ["REGIONAL"] },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private home({ usagePlan, allowedSourceRanges }: RestApiProps): ApiHome {
    return {
      api: this.api,
      stageName: this.stageName,
      needsApiKey: usagePlan !== undefined,
      openMethod:
        allowedSourceRanges === undefined ? undefined : (words, arn) => this.letEverybodyCall(words, arn),
      validator: (validation) => this.validator(validation),
      authorizer: (userPool) => this.authorizer(userPool),
    };
  }

  private validator(validation: Validation): ApiGatewayRequestValidator {
    const id = `${validation}-validator`;
    return (
      (this.node.tryFindChild(id) as ApiGatewayRequestValidator | undefined) ??
      new ApiGatewayRequestValidator(this, id, {
        restApiId: this.api.id,
        name: validation,
        validateRequestBody: validation !== "parameters",
        validateRequestParameters: validation !== "body",
      })
    );
  }

  private authorizer({ arn }: UserPoolRef): ApiGatewayAuthorizer {
    const made = this.node.tryFindChild("authorizer") as ApiGatewayAuthorizer | undefined;
    const first = made?.providerArnsInput?.[0];
    new Checks("rest api", this)
      .that(
        first === undefined || resolveIn(this, first) === resolveIn(this, arn),
        "has methods for another user pool already, and a token of either would do for both: make a second API",
      )
      .done();
    return (
      made ??
      new ApiGatewayAuthorizer(this, "authorizer", {
        restApiId: this.api.id,
        name: "user-pool",
        type: "COGNITO_USER_POOLS",
        providerArns: [arn],
      })
    );
  }

  /** What is deployed is known when all of it is made: hash and dependencies are looked up at synthesis. */
  private deploy(): ApiGatewayDeployment {
    const deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: this.api.id,
      triggers: Lazy.anyValue({ produce: () => deploymentTriggers(this.api) }) as never,
      lifecycle: { createBeforeDestroy: true },
    });
    deployment.dependsOn = Lazy.listValue({
      produce: () => deployedResources(this.api).map(addressOf).sort(),
    });
    return deployment;
  }

  private makeExecutionLog({ executionLogs = "errors" }: RestApiProps): CloudwatchLogGroup | undefined {
    if (executionLogs === "off") return undefined;
    // The name that API Gateway writes to, whatever else is there.
    return namedLogGroup(
      this,
      "execution-log",
      `API-Gateway-Execution-Logs_${this.api.id}/${this.stageName}`,
    );
  }

  private makeStage(): ApiGatewayStage {
    return new ApiGatewayStage(this, "stage", {
      restApiId: this.api.id,
      deploymentId: this.deployment.id,
      stageName: this.stageName,
      xrayTracingEnabled: true,
      accessLogSettings: { destinationArn: this.accessLog.arn, format: ACCESS_LOG_FORMAT },
      dependsOn: this.executionLog === undefined ? [] : [this.executionLog],
    });
  }

  private makeSettings({ throttle = DEFAULT_THROTTLE, executionLogs = "errors" }: RestApiProps) {
    return new ApiGatewayMethodSettings(this, "settings", {
      restApiId: this.api.id,
      stageName: this.stage.stageName,
      methodPath: "*/*",
      settings: {
        metricsEnabled: true,
        loggingLevel: LOG_LEVELS[executionLogs],
        dataTraceEnabled: false,
        throttlingRateLimit: throttle.ratePerSecond,
        throttlingBurstLimit: throttle.burst,
      },
    });
  }

  /** Requests from elsewhere are denied, whoever makes them. */
  private shutOut(ranges: readonly string[] | undefined): void {
    if (ranges === undefined) return;
    restApiPolicy(this.api).add("DenyFromElsewhere", {
      effect: "Deny",
      principal: "*",
      actions: ["execute-api:Invoke"],
      resources: [`${this.api.executionArn}/*`],
      conditions: { NotIpAddress: { "aws:SourceIp": ranges } },
    });
  }

  /**
   * Where there is a policy, whoever does not sign must be let in by it. Who signs must not: a statement for everybody would
   * spare the whole account the permission to invoke (developer guide, "How API Gateway resource policies affect
   * authorization workflow").
   */
  private letEverybodyCall(words: readonly string[], arn: string): void {
    restApiPolicy(this.api).add(sidOf("allow", ...words), {
      principal: "*",
      actions: ["execute-api:Invoke"],
      resources: [arn],
    });
  }

  private missing(): string[] {
    const methods = deployedResources(this.api).filter(
      ({ terraformResourceType }) => terraformResourceType === "aws_api_gateway_method",
    );
    return new Checks("rest api", this)
      .that(
        methods.length > 0,
        'has no method, and API Gateway deploys none without: add one with api.method("GET /", …)',
      )
      .messages();
  }
}

function checkProps(scope: Construct, props: RestApiProps): void {
  const { stage, throttle, executionLogs, usagePlan, allowedSourceRanges } = props;
  const checks = new Checks("rest api", scope);
  checks.matches("stage", stage, /^\w[\w-]{0,127}$/, "1 to 128 letters, digits, _ or -");
  checkThrottle(checks, "throttle", throttle);
  checks.oneOf("executionLogs", executionLogs, Object.keys(LOG_LEVELS));
  checkUsagePlan(checks, usagePlan);
  checkRanges(checks, allowedSourceRanges);
  checkApiAlarms(checks, props);
  checks.done();
}

function checkRanges(checks: Checks, ranges: readonly string[] | undefined): void {
  if (ranges === undefined) return;
  checks.that(
    ranges.length > 0,
    "allowedSourceRanges must name at least one range: an empty list would shut everybody out",
  );
  for (const range of ranges) {
    checks.matches(
      "allowedSourceRanges",
      range,
      /^\d{1,3}(\.\d{1,3}){3}\/(3[0-2]|[12]?\d)$/,
      "ranges such as 192.0.2.0/24",
    );
  }
}
