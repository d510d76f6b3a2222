import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import {
  allowKeyUse,
  Checks,
  checkEncryption,
  type Encryption,
  factsOf,
  type Grantee,
  keyFor,
  nameOf,
  regionOf,
  sidOf,
} from "../../core";

/** The calls on items that can be granted. */
export type ItemAction =
  | "BatchGetItem"
  | "BatchWriteItem"
  | "DeleteItem"
  | "GetItem"
  | "PutItem"
  | "Query"
  | "Scan"
  | "UpdateItem";

export interface TableProps {
  /** Name of the string attribute that tells items apart. Changing it replaces the table. */
  readonly partitionKey: string;
  /** Name of the string attribute that orders items of one partition. @default - none */
  readonly sortKey?: string;
  /** Attribute that holds the second, since 1970, after which DynamoDB drops the item. @default - items stay */
  readonly timeToLiveAttribute?: string;
  /**
   * What each change of an item tells to whoever reads the table's stream within 24 hours: the item as it is then, as it was,
   * both, or its keys. Changing it replaces the stream and not the table. @default - no stream
   */
  readonly stream?: "NEW_AND_OLD_IMAGES" | "NEW_IMAGE" | "OLD_IMAGE" | "KEYS_ONLY";
  /** A key of its own, DynamoDB's, or a key shared by several tables. @default "customer-key" */
  readonly encryption?: Encryption;
}

/**
 * A DynamoDB table paid by request, encrypted, with point-in-time recovery; where the environment's `deletion` is
 * `prevent`, AWS itself refuses to delete it too.
 * Costs the key (about 1 USD a month), storage and requests.
 */
export class Table extends Construct {
  readonly table: DynamodbTable;
  /** The key that encrypts it; none where the service manages it. */
  readonly key?: KmsKey;

  constructor(scope: Construct, id: string, props: TableProps) {
    super(scope, id);
    const { partitionKey, sortKey, timeToLiveAttribute, stream, encryption = "customer-key" } = props;
    checkProps(this, props, encryption);
    this.key = keyFor(this, encryption, `Table ${this.node.path}`);
    this.table = new DynamodbTable(this, "Default", {
      name: nameOf(this, "table"),
      billingMode: "PAY_PER_REQUEST",
      hashKey: partitionKey,
      rangeKey: sortKey,
      attribute: [partitionKey, sortKey]
        .filter((name) => name !== undefined)
        .map((name) => ({ name, type: "S" })),
      ttl:
        timeToLiveAttribute === undefined ? undefined : { attributeName: timeToLiveAttribute, enabled: true },
      streamEnabled: stream === undefined ? undefined : true,
      streamViewType: stream,
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: this.key?.arn },
      deletionProtectionEnabled: factsOf(this).deletion === "prevent",
    });
  }

  /**
   * Allows the named calls on the table's items, and no others.
   * Actions: `dynamodb:<each>`; with a customer key `kms:Decrypt`, through DynamoDB only.
   */
  grant(grantee: Grantee, ...actions: readonly [ItemAction, ...ItemAction[]]): void {
    grantee.allow(sidOf("use", this.node.path, ...actions), {
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [this.table.arn],
    });
    this.allowKey(grantee);
  }

  /**
   * The ARN of the table's stream, which changes with its `stream`.
   * @throws Error where the table has none
   */
  get streamArn(): string {
    if (this.table.streamViewTypeInput !== undefined) return this.table.streamArn;
    throw new Error(
      `table "${this.node.path}": has no stream: say what it tells, stream: "NEW_AND_OLD_IMAGES"`,
    );
  }

  /**
   * Allows reading the table's stream, as Lambda does for a function that consumes it.
   * Actions: `dynamodb:DescribeStream`, `GetRecords`, `GetShardIterator`, `ListStreams`; with a customer key `kms:Decrypt`,
   * through DynamoDB only. Source: DynamoDB developer guide, "IAM policy to allow an AWS Lambda function to access DynamoDB
   * stream records".
   * @throws Error where the table has none
   */
  grantStreamRead(grantee: Grantee): void {
    grantee.allow(sidOf("read", "stream", this.node.path), {
      actions: [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
      ],
      resources: [this.streamArn],
      caller: "service",
    });
    this.allowKey(grantee);
  }

  private allowKey(grantee: Grantee): void {
    const { key, table } = this;
    if (key !== undefined)
      allowKeyUse(grantee, key, { service: "dynamodb", region: regionOf(table) }, "kms:Decrypt");
  }
}

function checkProps(
  scope: Construct,
  { partitionKey, sortKey, stream }: TableProps,
  encryption: Encryption,
): void {
  const checks = new Checks("table", scope);
  checks.matches("partitionKey", partitionKey, /^.{1,255}$/, "1 to 255 characters");
  checks.matches("sortKey", sortKey, /^.{1,255}$/, "1 to 255 characters");
  checks.oneOf("stream", stream, ["NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"]);
  checks.that(partitionKey !== sortKey, `sortKey must differ from partitionKey, got "${sortKey}" for both`);
  checkEncryption(checks, scope, encryption);
  checks.done();
}
