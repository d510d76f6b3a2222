import { Logger } from "@aws-lambda-powertools/logger";
import { S3Client } from "@aws-sdk/client-s3";
import type { Context } from "aws-lambda";
import { readEnv } from "../shared/env";
import type { ThumbnailEnv } from "./env";
import { handleEvent } from "./event-handler";
import { ObjectStore } from "./object-store";
import { PicturePipeline } from "./picture-pipeline";
import { settingsOf } from "./settings";
import { ThumbnailMaker } from "./thumbnail-maker";

const env = readEnv<ThumbnailEnv>("thumbnail", {
  SOURCE_BUCKET: "required",
  OUTPUT_BUCKET: "required",
  OUTPUT_PREFIX: "required",
  QUARANTINE_BUCKET: "required",
  QUARANTINE_PREFIX: "required",
  MAX_WIDTH: "required",
  MAX_HEIGHT: "required",
  MAX_BYTES: "required",
  MAX_PIXELS: "required",
});
const logger = new Logger({ serviceName: "thumbnail" });
const pipeline = new PicturePipeline(
  settingsOf(env),
  new ObjectStore(new S3Client({})),
  new ThumbnailMaker(),
);

/** S3 notification → picture by version → thumbnail, or quarantine with the reason. */
export const handler = async (event: unknown, context: Context): Promise<void> => {
  logger.addContext(context);
  await handleEvent(event, pipeline, logger);
};
