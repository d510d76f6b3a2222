import { Construct } from "constructs";
import { example as apiGatewayAccount } from "../../modules/api/api-gateway-account/example";
import { example as restApi } from "../../modules/api/rest-api/example";
import { example as nodeFunction, placedExample } from "../../modules/compute/node-function/example";
import { example as apiCallAlert } from "../../modules/event-processing/api-call-alert/example";
import { example as bucketNotifications } from "../../modules/event-processing/bucket-notifications/example";
import { example as eventArchive } from "../../modules/event-processing/event-archive/example";
import { example as eventBus } from "../../modules/event-processing/event-bus/example";
import { example as eventRouter } from "../../modules/event-processing/event-router/example";
import { example as eventRules } from "../../modules/event-processing/event-rules/example";
import { example as fanOut, fifoExample } from "../../modules/event-processing/fan-out/example";
import {
  fifoExample as fifoQueueConsumer,
  example as queueConsumer,
} from "../../modules/event-processing/queue-consumer/example";
import { example as schedule } from "../../modules/event-processing/schedule/example";
import {
  kinesisExample,
  example as streamConsumer,
} from "../../modules/event-processing/stream-consumer/example";
import {
  parquetExample,
  example as streamIngestApi,
} from "../../modules/event-processing/stream-ingest-api/example";
import { example as topicConsumer } from "../../modules/event-processing/topic-consumer/example";

import { example as network } from "../../modules/network/example";
import { example as accountTrail } from "../../modules/operations/account-trail/example";
import { example as alarmTopic } from "../../modules/operations/alarm-topic/example";
import { example as stateBucket } from "../../modules/operations/state-bucket/example";
import { example as bucket } from "../../modules/storage/bucket/example";
import { example as table } from "../../modules/storage/table/example";

/** Every example of every module, by its folder. A test holds this list against the disk. */
export const examples: Readonly<Record<string, readonly ((scope: Construct) => unknown)[]>> = {
  "api/api-gateway-account": [apiGatewayAccount],
  "api/rest-api": [restApi],
  "compute/node-function": [nodeFunction, placedExample],
  "event-processing/api-call-alert": [apiCallAlert],
  "event-processing/event-archive": [eventArchive],
  "event-processing/event-bus": [eventBus],
  "event-processing/event-router": [eventRouter],
  "event-processing/event-rules": [eventRules],
  "event-processing/bucket-notifications": [bucketNotifications],
  "event-processing/fan-out": [fanOut, fifoExample],
  "event-processing/schedule": [schedule],
  "event-processing/queue-consumer": [queueConsumer, fifoQueueConsumer],
  "event-processing/stream-consumer": [streamConsumer, kinesisExample],
  "event-processing/topic-consumer": [topicConsumer],
  "event-processing/stream-ingest-api": [streamIngestApi, parquetExample],
  network: [network],
  "operations/account-trail": [accountTrail],
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
