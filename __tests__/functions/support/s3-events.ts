import type { StoredObject } from "./s3-stub";

/** As S3 writes an event, recorded from a bucket in eu-west-1 and with its identities made up. */
interface Changes {
  readonly eventName?: string;
  readonly sequencer?: string;
  /** As the event has it: URL-encoded. @default the key, encoded */
  readonly writtenKey?: string;
}

/** A record of an object that was put; `versionId` only where its bucket has versions, as S3 leaves it out. */
export function s3Record(bucket: string, key: string, object: StoredObject, changes: Changes = {}) {
  const { eventName = "ObjectCreated:Put", sequencer = "0068F0A1B2C3D4E5F6" } = changes;
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "eu-west-1",
    eventTime: "2025-10-16T07:43:30.817Z",
    eventName,
    userIdentity: { principalId: "AWS:AROAEXAMPLEEXAMPLE:uploader" },
    requestParameters: { sourceIPAddress: "203.0.113.7" },
    responseElements: {
      "x-amz-request-id": "C3D13FE58DE4C810",
      "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD",
    },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "tf-s3-lambda-20251016074100000000000001",
      bucket: {
        name: bucket,
        ownerIdentity: { principalId: "A3NL1KOZZKExample" },
        arn: `arn:aws:s3:::${bucket}`,
      },
      object: {
        key: changes.writtenKey ?? encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/"),
        size: object.body.length,
        eTag: object.eTag,
        ...(object.versionId === "null" ? {} : { versionId: object.versionId }),
        sequencer,
      },
    },
  };
}

export const s3Event = (...records: unknown[]) => ({ Records: records });

/** What S3 sends to a queue or topic when its notification is made. */
export const s3TestEvent = {
  Service: "Amazon S3",
  Event: "s3:TestEvent",
  Time: "2025-10-16T07:41:02.501Z",
  Bucket: "pictures",
  RequestId: "5582815E1AEA5ADF",
  HostId: "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE",
};
