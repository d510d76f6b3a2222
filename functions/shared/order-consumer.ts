import {
  BatchProcessor,
  EventType,
  processPartialResponse,
  SqsFifoPartialProcessorAsync,
} from "@aws-lambda-powertools/batch";
import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { Logger } from "@aws-lambda-powertools/logger";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { type Order, orderFromJson } from "./order";

export interface OrderConsumerProps {
  /** Keeps consumers apart that share one idempotency table; changing it forgets what was already processed. */
  readonly name: string;
  /** Table with the string key `id`; its TTL attribute is `expiration`. */
  readonly idempotencyTableName: string;
  readonly client: DynamoDBClient;
  /**
   * Once it has returned, it does not run again for that order id. It does run again if it threw, or if the invocation
   * died between its write and the note that it is done: that window no lock closes, only a conditional write.
   */
  readonly process: (order: Order) => Promise<void>;
  /** "fifo": after a failure the rest of that message group goes back unprocessed. @default "standard" */
  readonly ordering?: "standard" | "fifo";
  /** @default a logger whose service is `name` */
  readonly logger?: Logger;
}

type OrderConsumer = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * A copy can come back as late as the queue and, moved there with a fresh clock on FIFO, the dead-letter queue
 * keep it: 14 days each. The library's default of one hour would process a late redrive a second time.
 */
const REMEMBER_SECONDS = 28 * 24 * 60 * 60;

/** Turns "process one order" into an SQS handler: queue → parse → once per order id → partial batch response. */
export function orderConsumer(props: OrderConsumerProps): OrderConsumer {
  const { name, ordering = "standard", logger = new Logger({ serviceName: name }) } = props;
  const config = idempotencyConfig(logger);
  const processOnce = makeIdempotent(props.process, {
    config,
    persistenceStore: new DynamoDBPersistenceLayer({
      tableName: props.idempotencyTableName,
      awsSdkV3Client: props.client,
    }),
    // By default the prefix is AWS_LAMBDA_FUNCTION_NAME: replacing the function would forget every order.
    keyPrefix: name,
  });

  /** Return means done: the record leaves the queue. Throw means retry: it comes back, in the end as a dead letter. */
  const recordHandler = async (record: SQSRecord): Promise<void> => {
    const keys: Record<string, string> = { messageId: record.messageId };
    try {
      const order = orderFromJson(record.body);
      keys.orderId = order.orderId;
      await processOnce(order);
      logger.info("record done", keys);
    } catch (error) {
      const receiveCount = record.attributes.ApproximateReceiveCount;
      logger.error("record failed", { ...keys, receiveCount, error: error as Error });
      throw error;
    }
  };

  return async (event, context) => {
    logger.addContext(context);
    // Lets a lock expire with the invocation that took it, not before and not 28 days later.
    config.registerLambdaContext(context);
    const response = await processBatch(ordering, event, recordHandler, context);
    logger.info("batch done", { records: event.Records.length, failed: response.batchItemFailures.length });
    return response;
  };
}

function idempotencyConfig(logger: Logger): IdempotencyConfig {
  return new IdempotencyConfig({
    // A parsed order always has one, not empty: no order runs without a key.
    eventKeyJmesPath: "orderId" satisfies keyof Order,
    expiresAfterSeconds: REMEMBER_SECONDS,
    // The ids come from outside; with the default, md5, two can be made to collide.
    hashFunction: "sha256",
    responseHook: (response, { idempotencyKey }) => {
      logger.info("order was already processed", { idempotencyKey });
      return response;
    },
  });
}

/**
 * `throwOnFullBatchFailure: false`: the library's default turns "every record failed" into a failed invocation. The
 * same records come back either way, but Lambda then also slows the queue's poller down, so that one poisoned message
 * alone in its batch holds up healthy ones, and the Errors metric no longer means "the function is broken".
 * What fails for good is seen in the dead-letter queue.
 *
 * `processInParallel: false`: in parallel, a second copy in the same batch meets the first one in progress, fails and
 * uses up a receive; one after the other it finds it done.
 *
 * The processor holds the state of one batch, hence a fresh one each time.
 */
function processBatch(
  ordering: "standard" | "fifo",
  event: SQSEvent,
  recordHandler: (record: SQSRecord) => Promise<void>,
  context: Context,
): Promise<SQSBatchResponse> {
  const options = { context, throwOnFullBatchFailure: false };
  return ordering === "fifo"
    ? processPartialResponse(event, recordHandler, new SqsFifoPartialProcessorAsync(), {
        ...options,
        // Without it the first failure sends back all later records, of the healthy groups too.
        skipGroupOnError: true,
      })
    : processPartialResponse(event, recordHandler, new BatchProcessor(EventType.SQS), {
        ...options,
        processInParallel: false,
      });
}
