import { Construct } from "constructs";
import { example as nodeFunction, placedExample } from "../../modules/compute/node-function/example";
import { example as bucketNotifications } from "../../modules/event-processing/bucket-notifications/example";
import { example as fanOut, fifoExample } from "../../modules/event-processing/fan-out/example";
import { example as network } from "../../modules/network/example";
import { example as alarmTopic } from "../../modules/operations/alarm-topic/example";
import { example as stateBucket } from "../../modules/operations/state-bucket/example";
import { example as bucket } from "../../modules/storage/bucket/example";
import { example as table } from "../../modules/storage/table/example";

/** Every example of every module, by its folder. A test holds this list against the disk. */
export const examples: Readonly<Record<string, readonly ((scope: Construct) => unknown)[]>> = {
  "compute/node-function": [nodeFunction, placedExample],
  "event-processing/bucket-notifications": [bucketNotifications],
  "event-processing/fan-out": [fanOut, fifoExample],
  network: [network],
  "operations/alarm-topic": [alarmTopic],
  "operations/state-bucket": [stateBucket],
  "storage/bucket": [bucket],
  "storage/table": [table],
};

/** Makes every example, each below a scope of its own. */
export function placeExamples(scope: Construct): void {
  for (const [folder, all] of Object.entries(examples)) {
    const home = new Construct(scope, folder.replace("/", "-"));
    for (const [index, example] of all.entries()) example(new Construct(home, `example-${index}`));
  }
}
