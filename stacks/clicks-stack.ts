import { type App, TerraformOutput } from "cdktf";
import type { TopicRef } from "../modules/core";
import { StreamIngestApi } from "../modules/event-processing/stream-ingest-api";
import { Bucket } from "../modules/storage/bucket";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

export interface ClicksStackProps {
  readonly alarmTopic: TopicRef;
}

/** Clicks of the shop, over HTTP: `caller (IAM) → API → stream → delivery stream → bucket`, a session's in their order. */
export class ClicksStack extends EnvironmentStack {
  constructor(app: App, environment: Environment, { alarmTopic }: ClicksStackProps) {
    super(app, "clicks", environment, { alarmTopic });
    const bucket = new Bucket(this, "lake", { expireAfterDays: 365 });
    const clicks = new StreamIngestApi(this, "clicks", {
      authorization: "iam",
      bucket,
      record: {
        type: "object",
        required: ["session", "page"],
        properties: { session: { type: "string" }, page: { type: "string", maxLength: 2048 } },
      },
      partitionKey: { field: "session" },
      prefix: "clicks/",
      throttle: { ratePerSecond: 500, burst: 1000 },
    });
    new TerraformOutput(this, "clicks_url", { value: clicks.url });
  }
}
