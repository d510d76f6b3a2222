import type { Checks, Region } from "../../core";
import { type DetailPattern, type EventPattern, match, patternFaults } from "../event-pattern";
import { isDataEvent } from "./data-events";

/** Calls to hear of, as CloudTrail tells EventBridge of them. `apiCalls(…)` makes them; another maker is a new file. */
export interface ApiCalls {
  /** Which events of the default bus they are. */
  readonly pattern: EventPattern;
  /** What a mail says first, such as `A DynamoDB table was deleted`. */
  readonly meaning: string;
  /**
   * What a mail says beside who, when and where: a word, and the part of the event, or of several the one that is there.
   * Nothing that a caller words freely: EventBridge escapes nothing.
   */
  readonly details?: Readonly<Record<string, string | readonly string[]>>;
  /** Whether CloudTrail tells of them in us-east-1, wherever the caller is. */
  readonly global: boolean;
  /** `"all"` where a read-only call is among them. */
  readonly managementEvents: ManagementEvents;
  /** Records what would never be heard of in a region; each name with its `prefix`. */
  check(checks: Checks, prefix: string, region: Region): void;
}

/** What EventBridge is to look at: CloudTrail's writing calls, or the read-only ones too. */
type ManagementEvents = "writes" | "all";

export interface ApiCallsProps {
  /** As CloudTrail's `eventSource` begins: `dynamodb`, `iam`, `monitoring` (of CloudWatch). */
  readonly service: string;
  /** As CloudTrail says `eventName`, such as `DeleteTable`; of Lambda without the version at its end. */
  readonly names: readonly [string, ...string[]];
  /** Which of the calls count. @default "succeeded" */
  readonly outcome?: Outcome;
  /** More that must hold of the event's `detail`: `{ requestParameters: { tableName: ["orders"] } }`. @default - nothing */
  readonly where?: DetailPattern;
  /** What a mail says first. @default - the service and the names, or how many they are */
  readonly meaning?: string;
  /** What a mail says besides: `{ Table: "$.detail.requestParameters.tableName" }`. @default - nothing */
  readonly details?: ApiCalls["details"];
  /**
   * `"all"` also hears of read-only calls (`Describe…`, `Get…`, `List…`), of which an account makes very many: the rule looks
   * at each, and each that matches is delivered and paid for. @default "writes"
   */
  readonly managementEvents?: ManagementEvents;
  /**
   * Says that a trail of the account records these data events (calls that read and write data, such as `GetItem`, `PutObject`
   * of an object or `Invoke`), which a trail of management events does not. @default - they are refused
   */
  readonly dataEvents?: "recorded";
  /** Whether CloudTrail tells of them in us-east-1. @default - whether the service is a global one that is known here */
  readonly global?: boolean;
}

export type Outcome = "succeeded" | "failed" | "any";

/** EventBridge user guide, "AWS service events delivered via AWS CloudTrail". */
export const API_CALL = "AWS API Call via CloudTrail";

/**
 * Services whose calls CloudTrail tells of in us-east-1 (CloudTrail user guide, "Global service events", and the services'
 * own guides). STS is one where it is called by its global endpoint.
 */
const GLOBAL_SERVICES = [
  ...["account", "cloudfront", "iam", "organizations", "route53", "route53domains", "shield", "sts", "waf"],
];
/** Services whose calls CloudTrail tells of in one other region. */
const ELSEWHERE: Readonly<Record<string, Region>> = {
  globalaccelerator: "us-west-2",
  networkmanager: "us-west-2",
};
/** What services are called, and what CloudTrail calls them. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  alb: "elasticloadbalancing",
  cloudwatch: "monitoring",
  efs: "elasticfilesystem",
  elb: "elasticloadbalancing",
  emr: "elasticmapreduce",
  eventbridge: "events",
  sfn: "states",
  stepfunctions: "states",
};
/** Names that are spelled out. A rule's description takes 512 characters. */
const FEW = 3;
/** Fields that say which calls, and are not for `where`. */
const OWN_FIELDS = ["errorCode", "eventName", "eventSource"];

/** The condition on `errorCode` that an outcome is; none for any. */
export function outcomeOf(outcome: Outcome): DetailPattern {
  return outcome === "any" ? {} : { errorCode: [match.exists(outcome === "failed")] };
}

/** Calls of one service, by their names. */
export function apiCalls(props: ApiCallsProps): ApiCalls {
  const { service, names, outcome = "succeeded", where, managementEvents = "writes" } = props;
  const failure: ApiCalls["details"] = outcome === "succeeded" ? {} : { Error: "$.detail.errorCode" };
  return {
    pattern: {
      source: [`aws.${service}`],
      "detail-type": [API_CALL],
      detail: {
        ...where,
        eventSource: [`${service}.amazonaws.com`],
        eventName: names.flatMap((name) => asRecorded(service, name)),
        ...outcomeOf(outcome),
      },
    },
    meaning:
      props.meaning ??
      `${service}: ${names.length > FEW ? `one of ${names.length} calls` : names.join(", ")}`,
    details: { ...props.details, ...failure },
    global: props.global ?? GLOBAL_SERVICES.includes(service),
    managementEvents,
    check: (checks, prefix, region) => check(checks, prefix, props, region),
  };
}

/** Lambda's names end in the date of its API, and some in more: `DeleteFunction20150331`, `…v2`. */
function asRecorded(service: string, name: string) {
  return service === "lambda" ? [name, match.wildcard(`${name}2*`)] : [name];
}

/**
 * Whether EventBridge passes a call over that only reads. It goes by the beginning of the name; what else CloudTrail marks
 * as read-only, such as `AssumeRole`, it does not (EventBridge user guide, "Receiving read-only management events").
 */
function isPassedOver(service: string, name: string): boolean {
  const heard = service === "sts" && ["GetFederationToken", "GetSessionToken"].includes(name);
  return /^(Describe|Get|List)/.test(name) && !heard;
}

function check(checks: Checks, prefix: string, props: ApiCallsProps, region: Region): void {
  const { service, names, where = {}, managementEvents, dataEvents } = props;
  checkService(checks, `${prefix}service`, service, region);
  checks.that(names.length > 0, `${prefix}names must name at least one call`);
  for (const name of names) {
    checks.matches(
      `${prefix}names`,
      name,
      /^[A-Za-z]\w*$/,
      "as CloudTrail says eventName, without service and wildcards, such as DeleteTable",
    );
  }
  const data = names.filter((name) => isDataEvent(service, name));
  checks.oneOf(`${prefix}dataEvents`, dataEvents, ["recorded"]);
  checks.that(
    data.length === 0 || dataEvents === "recorded",
    `${prefix}names has data events (${data.join(", ")}), of which a trail of management events tells nothing: ` +
      (service === "s3" ? "of objects S3 tells EventBridge itself, so use an EventRouter; or " : "") +
      'where a trail of the account records them, say dataEvents: "recorded"',
  );
  const readOnly = names.filter((name) => isPassedOver(service, name) && !data.includes(name));
  checks.oneOf(`${prefix}managementEvents`, managementEvents, ["writes", "all"]);
  checks.that(
    managementEvents === "all" || readOnly.length === 0,
    `${prefix}names has read-only calls (${readOnly.join(", ")}), which EventBridge passes over: ` +
      'say managementEvents: "all", and mind that the rule then looks at every call of the account that reads',
  );
  checks.oneOf(`${prefix}outcome`, props.outcome, ["succeeded", "failed", "any"]);
  // Read as a part of the whole pattern, and told as the caller wrote it.
  const faults = props.where === undefined ? [] : patternFaults({ detail: where }, `${prefix}where`);
  for (const fault of faults) {
    checks.that(false, fault.replaceAll(`${prefix}where.detail`, `${prefix}where`));
  }
  const taken = Object.keys(where).filter((field) => OWN_FIELDS.includes(field));
  checks.that(
    taken.length === 0,
    `${prefix}where speaks of ${taken.join(", ")}, which service, names and outcome say: leave it to them`,
  );
}

function checkService(checks: Checks, name: string, service: string, region: Region): void {
  checks.matches(
    name,
    service,
    /^[a-z][a-z0-9-]*$/,
    "what eventSource says before .amazonaws.com, such as dynamodb",
  );
  const meant = OTHER_NAMES[service];
  checks.that(
    meant === undefined,
    `${name} "${service}" is no name that CloudTrail knows, and nothing would match: write "${meant}"`,
  );
  checks.that(
    service !== "signin",
    `${name} "signin" makes no calls: a sign-in is an event of another type, so use rootSignIn()`,
  );
  const other = ELSEWHERE[service];
  checks.that(
    other === undefined || other === region,
    `${name} "${service}" is a global service of which CloudTrail tells in ${other} only: make an alert in an environment there`,
  );
}
