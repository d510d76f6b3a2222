import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import type { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { Handler } from "../compute";
import { sidOf, watchForSecondOwners } from "../core";
import { alarmOnLostFailures } from "./function-alarms";
import { alarmOnDepth } from "./queue-alarms";
import { deadLetterQueue } from "./queues";

/** How often, and for how long, AWS tries an asynchronous call again: three tries in all, within six hours. */
const RETRIES = 2;
const MAXIMUM_AGE_SECONDS = 6 * 60 * 60;

/**
 * What becomes of events that a function failed: `event → function (3 tries) → queue of failed events → alarm`, and where
 * not even that worked `→ alarm`.
 *
 * S3, SNS and EventBridge hand an event over and are done once Lambda has it: errors of the function itself reach no
 * dead-letter queue of theirs (Lambda developer guide, "Asynchronous invocation"). One owner for a function, whoever invokes
 * it: AWS keeps one such configuration a function. Encrypted by SQS, which the function's role may use as it is.
 */
export class AsyncFailures extends Construct {
  /** Invocation records, with the event and the error, kept for 14 days. */
  readonly queue: SqsQueue;
  readonly config: LambdaFunctionEventInvokeConfig;

  private constructor(handler: Handler, id: string) {
    super(handler.lambda, id);
    this.queue = deadLetterQueue(this, "Default", { ordering: "standard" });
    handler.allow(sidOf("set", "aside", this.node.path), {
      actions: ["sqs:SendMessage"],
      resources: [this.queue.arn],
      caller: "service",
    });
    alarmOnDepth(this, "alarm", this.queue, `Events of ${handler.lambda.node.path} failed every try`);
    alarmOnLostFailures(handler);
    this.config = new LambdaFunctionEventInvokeConfig(this, "config", {
      functionName: handler.lambda.functionName,
      maximumRetryAttempts: RETRIES,
      maximumEventAgeInSeconds: MAXIMUM_AGE_SECONDS,
      destinationConfig: { onFailure: { destination: this.queue.arn } },
      // AWS checks at once that the role may send there.
      dependsOn: [handler.permissions],
    });
    watchForSecondOwners(TerraformStack.of(this), {
      kind: "asynchronous invocation",
      type: LambdaFunctionEventInvokeConfig.tfResourceType,
      subject: "functionNameInput",
      regional: true,
      which: "qualifierInput",
      remedy: "leave yours out, and set what is missing on AsyncFailures.of(handler).config",
    });
  }

  /** Those of a function, made at the first call. */
  static of(handler: Handler): AsyncFailures {
    const id = "failures";
    return (
      (handler.lambda.node.tryFindChild(id) as AsyncFailures | undefined) ?? new AsyncFailures(handler, id)
    );
  }
}
