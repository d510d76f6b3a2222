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

/**
 * Records as AWS shows them, with other bodies: two of a standard queue, one of a FIFO queue (Lambda developer guide, "Using
 * Lambda with Amazon SQS", example events).
 */
export function documentedRecords(...bodies: readonly [string, string, string]): SQSRecord[] {
  const [first, second, fifo] = bodies;
  const shared = {
    messageAttributes: {},
    md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-2:123456789012:my-queue",
    awsRegion: "us-east-2",
  };
  const myAttribute = {
    stringValue: "myValue",
    stringListValues: [],
    binaryListValues: [],
    dataType: "String",
  };
  return [
    {
      ...shared,
      messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
      receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
      body: first,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1545082649183",
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: "1545082649185",
      },
      messageAttributes: { myAttribute },
    },
    {
      ...shared,
      messageId: "2e1424d4-f796-459a-8184-9c92662be6da",
      receiptHandle: "AQEBzWwaftRI0KuVm4tP+/7q1rGgNqicHq...",
      body: second,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1545082650636",
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: "1545082650649",
      },
    },
    {
      ...shared,
      messageId: "11d6ee51-4cc7-4302-9e22-7cd8afdaadf5",
      receiptHandle: "AQEBBX8nesZEXmkhsmZeyIE8iQAMig7qw...",
      body: fifo,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: "1573251510774",
        SequenceNumber: "18849496460467696128",
        MessageGroupId: "1",
        SenderId: "AIDAIO23YVJENQZJOL4VO",
        MessageDeduplicationId: "1",
        ApproximateFirstReceiveTimestamp: "1573251510774",
      },
      eventSourceARN: "arn:aws:sqs:us-east-2:123456789012:fifo.fifo",
    },
  ];
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
