import type { DynamoDBRecord, KinesisStreamRecord, SNSEvent } from "aws-lambda";

/** An event as SNS hands it to a function, with a message as JSON or as it is. */
export function snsEvent(message: unknown): SNSEvent {
  return {
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: "arn:aws:sns:eu-west-1:123456789012:news:21be56ed-a058-49f5-8c98-aedd2564c486",
        Sns: {
          Type: "Notification",
          MessageId: "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
          TopicArn: "arn:aws:sns:eu-west-1:123456789012:news",
          Subject: "",
          Message: typeof message === "string" ? message : JSON.stringify(message),
          Timestamp: "2025-03-31T10:15:00.000Z",
          SignatureVersion: "1",
          Signature: "tcc6faL2yUC6dgZdmrwh1Y4cGa/ebXEkAi6RibDsvpi+tE/1+82j==",
          SigningCertUrl:
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ac565b8b1a6c5d002d285f9598aa1d9b.pem",
          UnsubscribeUrl: "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
          MessageAttributes: { kind: { Type: "String", Value: "news" } },
        },
      },
    ],
  };
}

/** A record as a table's stream hands it over, of an item in DynamoDB's own JSON. */
export function tableRecord(
  sequenceNumber: string,
  item: NonNullable<DynamoDBRecord["dynamodb"]>["NewImage"],
): DynamoDBRecord {
  return {
    eventID: "c4ca4238a0b923820dcc509a6f75849b",
    eventName: "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-west-1",
    dynamodb: {
      ApproximateCreationDateTime: 1_743_416_100,
      Keys: { id: item?.id ?? { S: "none" } },
      NewImage: item,
      SequenceNumber: sequenceNumber,
      SizeBytes: 26,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
    eventSourceARN: "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2025-03-31T10:00:00.000",
  };
}

/** A record as a Kinesis stream hands it over, with data as JSON or as it is. */
export function kinesisRecord(sequenceNumber: string, data: unknown): KinesisStreamRecord {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: "readings",
      sequenceNumber,
      data: Buffer.from(text).toString("base64"),
      approximateArrivalTimestamp: 1_743_416_100.987,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `shardId-000000000000:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: "arn:aws:iam::123456789012:role/reader",
    awsRegion: "eu-west-1",
    eventSourceARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/readings",
  };
}
