import { GlueCatalogDatabase } from "@cdktf/provider-aws/lib/glue-catalog-database";
import { GlueCatalogTable } from "@cdktf/provider-aws/lib/glue-catalog-table";
import type { KinesisFirehoseDeliveryStreamExtendedS3Configuration as Destination } from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream";
import { Construct } from "constructs";
import { arnOf, nameOf, type ServiceRole, sidOf } from "../../core";
import { DAY, type PartitionBy } from "./partitioning";

/** Columns of a table: name in lower case → type of Hive, such as `bigint` or `array<string>`. */
export type Columns = Readonly<Record<string, string>>;

/** Lines of JSON, compressed. Firehose puts records end to end: without a delimiter nobody could tell them apart. */
export const JSON_LINES = {
  compressionFormat: "GZIP",
  fileExtension: ".json.gz",
} as const satisfies Partial<Destination>;

/** The backslash and the `n` are for Firehose to read (Firehose API reference, ProcessorParameter, `Delimiter`). */
export const LINE_PROCESSOR = {
  type: "AppendDelimiterToRecord",
  parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }],
};

interface ParquetTableProps {
  readonly columns: Columns;
  readonly partitionBy: PartitionBy;
  /** Where the files are, such as `s3://bucket/records/`. */
  readonly location: string;
}

/** The table whose columns the Parquet files have; Athena reads them by it. Made with a database of its own, in Glue's catalogue. */
export class ParquetTable extends Construct {
  readonly database: GlueCatalogDatabase;
  readonly table: GlueCatalogTable;

  constructor(scope: Construct, id: string, { columns, partitionBy, location }: ParquetTableProps) {
    super(scope, id);
    this.database = new GlueCatalogDatabase(this, "database", { name: nameOf(this, "glue-catalog") });
    this.table = new GlueCatalogTable(this, "Default", {
      name: nameOf(this, "glue-catalog", "records"),
      databaseName: this.database.name,
      tableType: "EXTERNAL_TABLE",
      parameters: { classification: "parquet", EXTERNAL: "TRUE" },
      partitionKeys: [...Object.keys(partitionBy), DAY].map((name) => ({ name, type: "string" })),
      storageDescriptor: {
        location,
        inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        serDeInfo: {
          serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
          parameters: { "serialization.format": "1" },
        },
        columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
      },
    });
  }

  /**
   * Allows reading the table's columns. Actions: `glue:GetTable`, `glue:GetTableVersion`, `glue:GetTableVersions` on the
   * catalogue, the database and the table: Glue asks for all three (Glue developer guide, "Specifying AWS Glue resource ARNs").
   */
  allowReading(role: ServiceRole): void {
    role.allow(sidOf("read", this.node.path), {
      actions: ["glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions"],
      resources: [arnOf(this, { service: "glue", resource: "catalog" }), this.database.arn, this.table.arn],
      caller: "service",
    });
  }

  /** How Firehose turns JSON into the table's columns; Parquet compresses by itself, so S3 does not. */
  conversion({ role }: ServiceRole): Partial<Destination> {
    return {
      compressionFormat: "UNCOMPRESSED",
      dataFormatConversionConfiguration: {
        inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
        outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "SNAPPY" } } },
        schemaConfiguration: {
          roleArn: role.arn,
          databaseName: this.database.name,
          tableName: this.table.name,
        },
      },
    };
  }
}
