import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import type { Construct } from "constructs";
import { queuePolicy } from "../../core";
import { queueTarget } from "../event-targets";
import { cron, Schedule } from ".";

/** On working days at eight, by the clocks of Berlin, a report is asked for. */
export function example(scope: Construct): Schedule {
  const reports = new SqsQueue(scope, "reports", { sqsManagedSseEnabled: true });
  queuePolicy(reports);
  return new Schedule(scope, "morning", {
    when: cron("0 8 ? * MON-FRI *"),
    timeZone: "Europe/Berlin",
    flexibleWindowMinutes: 15,
    to: queueTarget(reports),
    input: { report: "yesterday" },
  });
}
