import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { Handler } from "../compute";
import { type Checks, isOfType } from "../core";
import { checkFilters, type EventConditions, filterCriteria } from "./event-filter";
import { DEFAULT_RETENTION_SECONDS, type Ordering } from "./queues";

/** How a consumer takes messages. */
export interface ConsumeOptions {
  /** Messages at once: 1 to 10,000, above 10 with a window; FIFO 1 to 10. @default 10 */
  readonly batchSize?: number;
  /** Seconds to wait for a fuller batch, 0 to 300; FIFO knows none. @default 0 */
  readonly batchingWindowSeconds?: number;
  /**
   * Copies of the function that this queue may keep busy, 2 to 1,000. Needed where the function's own concurrency is
   * reserved. @default - as many as the account has
   */
  readonly maximumConcurrency?: number;
  /**
   * Which messages reach the handler, by what is in their JSON body: one of at most five must match, such as
   * `[{ kind: ["order"] }]`, without the `body` that AWS's examples put around it.
   * **A message that none matches is deleted**, and so is one whose body is no JSON: Lambda takes it off the queue, and no
   * dead-letter queue sees it (Lambda developer guide, "Using event filtering with an Amazon SQS event source").
   * @default - every message
   */
  readonly filter?: readonly EventConditions[];
}

/** Options with their defaults. */
type Consumption = ConsumeOptions & Required<Pick<ConsumeOptions, "batchSize" | "batchingWindowSeconds">>;

/** Options with the defaults of what was left out. */
export function withDefaults(options: ConsumeOptions): Consumption {
  const { batchSize = 10, batchingWindowSeconds = 0 } = options;
  return { ...options, batchSize, batchingWindowSeconds };
}

/** What the queue says that bears on its consumer. */
interface Consumed {
  readonly ordering: Ordering;
  readonly maxReceives?: number;
  readonly visibilityTimeoutSeconds?: number;
  readonly retentionSeconds?: number;
}

/** AWS advises six tries' time: a throttled batch is retried within it (Lambda guide, "Using Lambda with Amazon SQS"). */
const VISIBILITY_PER_TIMEOUT = 6;
/** Same guide: with fewer, throttling alone moves good messages to the dead-letter queue. */
const LEAST_RECEIVES = 5;

/** How long a message must stay hidden while the handler works on it. */
export function neededVisibilitySeconds(
  { timeoutSeconds }: Handler,
  { batchingWindowSeconds }: Consumption,
): number {
  return VISIBILITY_PER_TIMEOUT * timeoutSeconds + batchingWindowSeconds;
}

/** The mapping that hands a queue's messages to a function, beside the function. */
export function eventSource(
  handler: Handler,
  queue: SqsQueue,
  consumption: Consumption,
): LambdaEventSourceMapping {
  const { batchSize, batchingWindowSeconds, maximumConcurrency, filter } = consumption;
  const [, ...below] = queue.node.path.split("/").filter((id) => id !== "Default");
  return new LambdaEventSourceMapping(handler.lambda, `from-${below.join("-")}`, {
    eventSourceArn: queue.arn,
    functionName: handler.lambda.arn,
    batchSize,
    maximumBatchingWindowInSeconds: batchingWindowSeconds,
    functionResponseTypes: ["ReportBatchItemFailures"],
    scalingConfig: maximumConcurrency === undefined ? undefined : { maximumConcurrency },
    filterCriteria: filterCriteria(filter, "body"),
    dependsOn: [handler.permissions],
  });
}

/** Records what AWS, or the next throttling, would refuse of a consumer. */
export function checkConsumer(
  checks: Checks,
  handler: Handler,
  consumption: Consumption,
  consumed: Consumed,
): void {
  checkBatch(checks, consumption, consumed.ordering);
  checkFilters(checks, "filter", consumption.filter, "body");
  checkConcurrency(checks, handler, consumption);
  checkVisibility(checks, handler, consumption, consumed.visibilityTimeoutSeconds);
  if (consumed.visibilityTimeoutSeconds === undefined) {
    checkRetention(checks, "", consumed, neededVisibilitySeconds(handler, consumption));
  }
  const { maxReceives = LEAST_RECEIVES } = consumed;
  checks.that(
    Token.isUnresolved(maxReceives) || maxReceives >= LEAST_RECEIVES,
    `maxReceives must be at least ${LEAST_RECEIVES} with a function, got ${maxReceives}: throttled tries count too, and ` +
      "good messages would end in the dead-letter queue",
  );
}

/**
 * Records that a message would be forgotten before its last try, and so never be set aside: a failed one is hidden for the
 * visibility timeout after each, while SQS counts its age from when it was sent.
 */
export function checkRetention(
  checks: Checks,
  prefix: string,
  { maxReceives = LEAST_RECEIVES, retentionSeconds = DEFAULT_RETENTION_SECONDS }: Omit<Consumed, "ordering">,
  visibilitySeconds: number,
): void {
  if ([maxReceives, retentionSeconds, visibilitySeconds].some((each) => Token.isUnresolved(each))) return;
  const needed = maxReceives * visibilitySeconds;
  checks.that(
    retentionSeconds >= needed,
    `${prefix}retentionSeconds must be at least ${needed} (${maxReceives} receives × ${visibilitySeconds} s that each hides a ` +
      `message), got ${retentionSeconds}: SQS would forget what fails before the dead-letter queue gets it; keep messages ` +
      "longer, or try less often or for a shorter time",
  );
}

function checkBatch(
  checks: Checks,
  { batchSize, batchingWindowSeconds }: Consumption,
  ordering: Ordering,
): void {
  if (ordering === "fifo") {
    checks.wholeNumber(
      "batchSize",
      batchSize,
      { min: 1, max: 10 },
      "a FIFO queue hands out ten messages at most",
    );
    checks.that(
      batchingWindowSeconds === 0,
      `batchingWindowSeconds must be 0 on a FIFO queue, got ${batchingWindowSeconds}`,
    );
    return;
  }
  checks.wholeNumber("batchSize", batchSize, { min: 1, max: 10_000 });
  checks.wholeNumber("batchingWindowSeconds", batchingWindowSeconds, { min: 0, max: 300 });
  checks.that(
    Token.isUnresolved(batchSize) || batchSize <= 10 || batchingWindowSeconds !== 0,
    `batchSize ${batchSize} needs a batchingWindowSeconds of at least 1: without a window AWS takes 10 at most`,
  );
}

function isEventSource(child: IConstruct): child is LambdaEventSourceMapping {
  return isOfType<LambdaEventSourceMapping>(child, LambdaEventSourceMapping.tfResourceType);
}

/** A poller that may start more copies than the function has is throttled, and its tries count as receives. */
function checkConcurrency(
  checks: Checks,
  { lambda, reservedConcurrency }: Handler,
  { maximumConcurrency }: Consumption,
): void {
  checks.wholeNumber("maximumConcurrency", maximumConcurrency, { min: 2, max: 1000 });
  if (reservedConcurrency === undefined || Token.isUnresolved(reservedConcurrency)) return;
  const others = lambda.node.children
    .filter(isEventSource)
    .reduce((sum, mapping) => sum + (mapping.scalingConfigInput?.maximumConcurrency ?? 0), 0);
  const left = reservedConcurrency - others;
  checks.that(
    maximumConcurrency !== undefined &&
      (Token.isUnresolved(maximumConcurrency) || maximumConcurrency <= left),
    `maximumConcurrency must be given and at most ${left} (the handler reserves ${reservedConcurrency}` +
      `${others === 0 ? "" : `, and its other queues take ${others}`}), got ${maximumConcurrency}: throttled tries would ` +
      "count as receives and fill the dead-letter queue; a queue takes 2 at least, so reserve enough",
  );
}

function checkVisibility(
  checks: Checks,
  handler: Handler,
  consumption: Consumption,
  given: number | undefined,
): void {
  const { timeoutSeconds } = handler;
  const { batchingWindowSeconds } = consumption;
  if (Token.isUnresolved(timeoutSeconds) || Token.isUnresolved(batchingWindowSeconds)) {
    checks.that(
      given !== undefined,
      "visibilityTimeoutSeconds cannot be derived from a timeout or a window known at apply only: give it",
    );
    return;
  }
  const needed = neededVisibilitySeconds(handler, consumption);
  checks.that(
    given === undefined || Token.isUnresolved(given) || given >= needed,
    `visibilityTimeoutSeconds must be at least ${needed} (${VISIBILITY_PER_TIMEOUT} × the handler's timeout of ` +
      `${timeoutSeconds} s + the window of ${batchingWindowSeconds} s), got ${given}: leave it out to have it derived`,
  );
}
