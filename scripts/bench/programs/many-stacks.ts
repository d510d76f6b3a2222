import type { App } from "cdktf";
import { alarm, type TopicRef } from "../../../modules/core";
import { Table } from "../../../modules/storage";
import { EnvironmentStack } from "../../../stacks/environment-stack";
import { prod } from "../../../stacks/environments/prod";
import { OperationsStack } from "../../../stacks/operations-stack";
import { patternsApp } from "../../../stacks/patterns-app";

/** What the program tells of itself, as JSON on standard output. */
export interface ManyStacksTime {
  /** Milliseconds of processor time in which constructs were made. */
  readonly building: number;
  /** Milliseconds of processor time from the first construct to the last file, loading apart. */
  readonly synthesis: number;
}

/**
 * What a small service keeps: a table with its key, and an alarm that calls the environment's topic, which stands in a
 * stack of its own. So each stack asks for facts, guards data, owns a policy and refers to another stack.
 */
class TableStack extends EnvironmentStack {
  constructor(app: App, name: string, alarmTopic: TopicRef) {
    super(app, name, prod, { alarmTopic });
    const { table } = new Table(this, "items", { partitionKey: "id" });
    alarm(this, "throttled", {
      description: "Writes were throttled: look for a hot partition",
      namespace: "AWS/DynamoDB",
      metric: "WriteThrottleEvents",
      dimensions: { TableName: table.name },
      statistic: "Sum",
      threshold: 1,
    });
  }
}

/** `node many-stacks.js <count>`: synthesises so many stacks beside the one with the alarm topic. */
const count = Number(process.argv[2]);
const before = process.cpuUsage();
const app = patternsApp({ debug: process.env.DEBUG_TOKEN_TRACES !== undefined });
const { alarmTopic } = new OperationsStack(app, prod);
for (let index = 0; index < count; index++) new TableStack(app, `service-${index}`, alarmTopic);
const building = processorTime();
app.synth();
const time: ManyStacksTime = { building, synthesis: processorTime() };
process.stdout.write(JSON.stringify(time));

function processorTime(): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
