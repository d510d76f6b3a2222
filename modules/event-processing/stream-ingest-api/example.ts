import type { Construct } from "constructs";
import { Bucket } from "../../storage";
import { StreamIngestApi } from ".";

/** Clicks of a shop's own services, as lines of JSON; a session's clicks keep their order. */
export function example(scope: Construct): StreamIngestApi {
  const bucket = new Bucket(scope, "lake", { expireAfterDays: 365 });
  return new StreamIngestApi(scope, "clicks", {
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
}

/** Readings of devices from known networks, each with an API key, as Parquet by site. */
export function parquetExample(scope: Construct): StreamIngestApi {
  const bucket = new Bucket(scope, "lake");
  return new StreamIngestApi(scope, "readings", {
    authorization: "none",
    bucket,
    format: "parquet",
    columns: { device: "string", celsius: "double", measured_at: "timestamp" },
    partitionBy: { site: "site.name" },
    partitionKey: { field: "device" },
    capacity: { shards: 2 },
    usagePlan: { keys: ["north", "south"], quota: { limit: 1_000_000, period: "day" } },
    allowedSourceRanges: ["192.0.2.0/24", "198.51.100.0/24"],
  });
}
