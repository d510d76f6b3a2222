import { type App, TerraformOutput } from "cdktf";
import type { ThumbnailEnv } from "../functions/thumbnail/env";
import { NodeFunction } from "../modules/compute";
import type { TopicRef } from "../modules/core";
import { BucketNotifications, functionDestination } from "../modules/event-processing/bucket-notifications";
import { match } from "../modules/event-processing/event-pattern";
import { EventRouter } from "../modules/event-processing/event-router";
import { logGroupTarget } from "../modules/event-processing/event-targets";
import { Bucket } from "../modules/storage/bucket";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

export interface PicturesStackProps {
  readonly alarmTopic: TopicRef;
}

/** Where what lies in the bucket. */
const UPLOADS = "uploads/";
const THUMBNAILS = "thumbnails/";
const QUARANTINE = "quarantine/";

/**
 * Pictures, made small as they come: `upload → bucket → thumbnail function → thumbnails/, or quarantine/ with the reason`,
 * and `large upload → default bus → log`.
 */
export class PicturesStack extends EnvironmentStack {
  constructor(app: App, environment: Environment, { alarmTopic }: PicturesStackProps) {
    super(app, "pictures", environment, { alarmTopic });
    const pictures = new Bucket(this, "bucket");
    const thumbnail = this.thumbnailFunction(pictures);

    new BucketNotifications(this, "notifications", {
      bucket: pictures,
      destinations: {
        thumbnails: { events: ["s3:ObjectCreated:*"], prefix: UPLOADS, to: functionDestination(thumbnail) },
      },
    });

    new EventRouter(this, "router", {
      bucket: pictures,
      routes: {
        large: {
          key: [match.prefix(UPLOADS)],
          size: [match.numeric(">", 10 * 1024 ** 2)],
          targets: { log: { to: logGroupTarget() } },
        },
      },
    });

    new TerraformOutput(this, "pictures", {
      value: { bucket: pictures.bucket.bucket, uploads: UPLOADS, thumbnails: THUMBNAILS },
    });
  }

  private thumbnailFunction(pictures: Bucket): NodeFunction<ThumbnailEnv> {
    const { bucket } = pictures.bucket;
    const thumbnail = new NodeFunction<ThumbnailEnv>(this, "thumbnail", {
      source: "thumbnail",
      environment: {
        SOURCE_BUCKET: bucket,
        OUTPUT_BUCKET: bucket,
        OUTPUT_PREFIX: THUMBNAILS,
        QUARANTINE_BUCKET: bucket,
        QUARANTINE_PREFIX: QUARANTINE,
        MAX_WIDTH: "320",
        MAX_HEIGHT: "320",
        MAX_BYTES: String(25 * 1024 ** 2),
        MAX_PIXELS: String(50_000_000),
      },
      memoryMb: 1024,
      timeoutSeconds: 60,
    });
    pictures.grant(thumbnail, UPLOADS, "GetObjectVersion");
    for (const prefix of [THUMBNAILS, QUARANTINE])
      pictures.grant(thumbnail, prefix, "GetObject", "PutObject");
    for (const prefix of [UPLOADS, THUMBNAILS, QUARANTINE]) pictures.grantList(thumbnail, prefix);
    return thumbnail;
  }
}
