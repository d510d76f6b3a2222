import type { TargetInput } from "../event-rules";
import type { ApiCalls } from "./api-calls";

/**
 * What every mail says. Nothing that a caller words freely, such as the user agent or the error's message: EventBridge
 * escapes nothing, and a quote in it would spoil the mail.
 */
const PATHS = {
  name: "$.detail.eventName",
  service: "$.detail.eventSource",
  who: "$.detail.userIdentity.arn",
  kind: "$.detail.userIdentity.type",
  when: "$.detail.eventTime",
  region: "$.detail.awsRegion",
  account: "$.account",
  address: "$.detail.sourceIPAddress",
  event: "$.detail.eventID",
};

/** A call as people read it: a line each for what, who, when, where, and how to find it in CloudTrail. */
export function mailOf({ meaning, details = {} }: ApiCalls): TargetInput {
  const parts = Object.entries(details).map(([label, paths], index) => ({
    label,
    paths: [paths].flat().map((path, at) => [`detail-${index}-${at}`, path] as const),
  }));
  const lines = [
    meaning,
    "What: <name> (<service>)",
    "Who: <who> (<kind>)",
    "When: <when>",
    "Where: <region>, account <account>",
    "From: <address>",
    ...parts.map(({ label, paths }) => `${label}: ${paths.map(([name]) => `<${name}>`).join("")}`),
    "Event: <event>",
  ];
  return {
    paths: { ...PATHS, ...Object.fromEntries(parts.flatMap(({ paths }) => paths)) },
    template: lines.map((line) => JSON.stringify(line)).join("\n"),
  };
}
