import { Logger } from "@aws-lambda-powertools/logger";
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  KinesisStreamBatchResponse,
  KinesisStreamRecord,
} from "aws-lambda";

type StreamRecord = DynamoDBRecord | KinesisStreamRecord;
type BatchResponse = DynamoDBBatchResponse & KinesisStreamBatchResponse;

export interface StreamConsumerProps<Record extends StreamRecord> {
  readonly name: string;
  /** Return means done. Throw means retry: the record and all behind it come again, in the end without it. */
  readonly process: (record: Record) => Promise<void>;
  /** @default a logger whose service is `name` */
  readonly logger?: Logger;
}

/**
 * Turns "process one record" into a handler of a stream: shard → one after the other → partial batch response.
 *
 * It stops at the first record that fails: Lambda comes back from there, and what had been done behind it would be done
 * twice and out of order. That is why it is not the batch processor of Powertools, which goes on.
 *
 * @returns a handler that answers with the record to come back to, before one without a sequence number the one that was done
 * last. It throws where that is the first of the batch: Lambda halves the batch then, and the Errors metric says so
 */
export function streamConsumer<Record extends StreamRecord>(
  props: StreamConsumerProps<Record>,
): (event: { readonly Records: readonly Record[] }, context: Context) => Promise<BatchResponse> {
  const { name, process, logger = new Logger({ serviceName: name }) } = props;
  return async ({ Records }, context) => {
    logger.addContext(context);
    for (const [index, record] of Records.entries()) {
      let itemIdentifier: string | undefined;
      try {
        itemIdentifier = sequenceNumberOf(record);
        await process(record);
        logger.info("record done", { itemIdentifier });
      } catch (error) {
        logger.error("record failed", { record: index, itemIdentifier, error: error as Error });
        // Nobody can come back to a record without a number: the one before it is done again.
        const back = itemIdentifier === undefined ? index - 1 : index;
        if (back <= 0) throw error;
        return { batchItemFailures: [{ itemIdentifier: sequenceNumberOf(Records[back]) }] };
      }
    }
    return { batchItemFailures: [] };
  };
}

/** What of either kind of record is looked at for its number. */
type Numbered = Partial<Pick<KinesisStreamRecord, "kinesis"> & Pick<DynamoDBRecord, "dynamodb">>;

function sequenceNumberOf(record: Numbered | undefined): string {
  const sequenceNumber = record?.kinesis?.sequenceNumber ?? record?.dynamodb?.SequenceNumber;
  if (sequenceNumber) return sequenceNumber;
  const fields = JSON.stringify(Object.keys(record ?? {}));
  throw new Error(`record ${fields} is of no stream: it has no sequence number`);
}

/**
 * What a producer put into a Kinesis record as JSON.
 * @throws Error that quotes nothing of it: errors are logged
 */
export function jsonOf({ kinesis }: KinesisStreamRecord): unknown {
  try {
    return JSON.parse(Buffer.from(kinesis.data, "base64").toString("utf8"));
  } catch {
    throw new Error("the data is no JSON");
  }
}
