import { randomUUID } from "node:crypto";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";

export interface OrderFields {
  orderId: string;
  customerId: string;
  total: number;
  currency: string;
  placedAt: string;
}

export function anOrder(changes: Partial<OrderFields> = {}): OrderFields {
  return {
    orderId: `order-${randomUUID()}`,
    customerId: "customer-7",
    total: 12.5,
    currency: "EUR",
    placedAt: "2025-03-31T10:15:00Z",
    ...changes,
  };
}

/** A record as raw message delivery makes it: the body is the published message itself. */
export function sqsRecord(body: unknown, changes: Partial<SQSRecord> = {}): SQSRecord {
  return {
    messageId: randomUUID(),
    receiptHandle: "receipt",
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1743416100000",
      SenderId: "AIDAEXAMPLE",
      ApproximateFirstReceiveTimestamp: "1743416100001",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:orders",
    awsRegion: "eu-west-1",
    ...changes,
  };
}

export function fifoRecord(group: string, body: unknown, changes: Partial<SQSRecord> = {}): SQSRecord {
  const record = sqsRecord(body, {
    eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:orders.fifo",
    ...changes,
  });
  return { ...record, attributes: { ...record.attributes, MessageGroupId: group } };
}

export const sqsEvent = (...records: SQSRecord[]): SQSEvent => ({ Records: records });

export function lambdaContext(changes: Partial<Context> = {}): Context {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: "orders-consumer",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders-consumer",
    memoryLimitInMB: "256",
    awsRequestId: randomUUID(),
    logGroupName: "/aws/lambda/orders-consumer",
    logStreamName: "2025/03/31/[$LATEST]0",
    getRemainingTimeInMillis: () => 30_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
    ...changes,
  };
}
