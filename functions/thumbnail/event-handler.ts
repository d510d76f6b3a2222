import type { Logger } from "@aws-lambda-powertools/logger";
import { FailedRecordsError } from "./errors";
import type { PicturePipeline } from "./picture-pipeline";
import { createdObject, recordsOf } from "./s3-event";

/**
 * Every record of an event of S3, one after the other: a failed one does not keep the next from its turn.
 * @throws FailedRecordsError after the last, so that Lambda tries the event again and in the end hands it to the function's
 * on-failure destination; records that are done are found so at the cost of one look
 */
export async function handleEvent(event: unknown, pipeline: PicturePipeline, logger: Logger): Promise<void> {
  const records = recordsOf(event);
  const errors: Error[] = [];
  for (const [index, record] of records.entries()) {
    try {
      await handleRecord(record, index, pipeline, logger);
    } catch (error) {
      errors.push(error as Error);
    }
  }
  logger.info("event done", { records: records.length, failed: errors.length });
  if (errors.length > 0) throw new FailedRecordsError(errors, records.length);
}

async function handleRecord(
  record: unknown,
  index: number,
  pipeline: PicturePipeline,
  logger: Logger,
): Promise<void> {
  // A malformed record has no key that it could be found by, only its place in the event.
  let keys: Record<string, unknown> = { record: index };
  try {
    const object = createdObject(record);
    if (object === undefined) {
      logger.info("record is of no created object", keys);
      return;
    }
    keys = { ...keys, bucket: object.bucket, key: object.key, versionId: object.versionId };
    const outcome = await pipeline.process(object);
    const level = outcome.outcome === "quarantined" || outcome.outcome === "own" ? "warn" : "info";
    logger[level]("record done", { ...keys, ...outcome });
  } catch (error) {
    logger.error("record failed", { ...keys, error: error as Error });
    throw error;
  }
}
