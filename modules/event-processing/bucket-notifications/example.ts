import type { Construct } from "constructs";
import { NodeFunction } from "../../compute";
import { Bucket } from "../../storage";
import { FanOut } from "../fan-out";
import { BucketNotifications, functionDestination, topicDestination } from ".";

/** In your project this interface lives beside the handler, in its `env.ts`. */
interface AuditEnv {
  readonly TABLE_NAME: string;
  readonly IDEMPOTENCY_TABLE_NAME: string;
}

/** Uploaded pictures go to everybody who wants them, and a function notes which ones are removed. */
export function example(scope: Construct): BucketNotifications<"uploaded" | "removed"> {
  const pictures = new Bucket(scope, "pictures");
  const uploads = new FanOut(scope, "uploads", { subscribers: { index: {}, thumbnails: {} } });
  const audit = new NodeFunction<AuditEnv>(scope, "audit", {
    source: "audit",
    environment: { TABLE_NAME: "removals", IDEMPOTENCY_TABLE_NAME: "idempotency" },
  });
  return new BucketNotifications(scope, "picture-events", {
    bucket: pictures,
    destinations: {
      uploaded: {
        events: ["s3:ObjectCreated:*"],
        prefix: "uploads/",
        suffix: ".jpg",
        to: topicDestination(uploads.topic),
      },
      // The bucket keeps versions: a plain delete is a marker.
      removed: {
        events: ["s3:ObjectRemoved:DeleteMarkerCreated"],
        prefix: "uploads/",
        to: functionDestination(audit),
      },
    },
  });
}
