import type { Resource } from "../../../testing/edges/configuration";
import { type Case, elsewhere } from "./world";

/** What a call over TLS says. */
export const TLS = { "aws:SecureTransport": "true" };

/** A service, and whom it works for. */
export interface Sender {
  readonly service: string;
  readonly sourceArn: string;
  /** Sources that must not get in. */
  readonly others: readonly string[];
  /** What else the request says of itself. */
  readonly context?: Readonly<Record<string, string>>;
}

/** EventBridge in the name of a rule, not of a neighbour, another account's or another region's. */
export function ruleSender({ arn, region }: Resource): Sender {
  const others = [`${arn}-2`, elsewhere(arn), arn.replace(`:${region}:`, ":us-east-1:")];
  return { service: "events.amazonaws.com", sourceArn: arn, others };
}

/** A service that may do these and nothing else, in the name of one source and no other. */
export function senderCases(
  resource: string,
  { service, sourceArn, others, context }: Sender,
  { may, mayNot }: { readonly may: readonly string[]; readonly mayNot: readonly string[] },
): readonly Case[] {
  const call = (
    expected: Case["expected"],
    why: string,
    action: string,
    from: string,
    by = service,
  ): Case => ({
    why,
    expected,
    principal: { service: by },
    action,
    resource,
    context: { ...TLS, "aws:SourceArn": from, "aws:SourceAccount": from.split(":")[4] ?? "", ...context },
  });
  return [
    ...may.map((action) => call("allowed", `${service} from its source`, action, sourceArn)),
    ...mayNot.map((action) => call("refused", `${service} doing more`, action, sourceArn)),
    ...may.flatMap((action) =>
      others.map((other) => call("refused", `${service} from another source, ${other}`, action, other)),
    ),
    ...may
      .slice(0, 1)
      .map((first) =>
        call("refused", "another service in the same name", first, sourceArn, impostorOf(service)),
      ),
  ];
}

const impostorOf = (service: string) =>
  service === "events.amazonaws.com" ? "sns.amazonaws.com" : "events.amazonaws.com";
