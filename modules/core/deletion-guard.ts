import { Aspects, type IAspect, TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

/** Resource types that hold data which no second apply brings back. A queue's messages are data too. */
const DATA_STORES: ReadonlySet<string> = new Set([
  "aws_dynamodb_table",
  "aws_ebs_volume",
  "aws_efs_file_system",
  "aws_kinesis_stream",
  "aws_kms_key",
  "aws_s3_bucket",
  "aws_sqs_queue",
]);

/** Sets `prevent_destroy` on every store of data below `scope`. */
export function guardDeletion(scope: IConstruct): void {
  Aspects.of(scope).add(new DeletionGuard());
}

class DeletionGuard implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    if (!DATA_STORES.has(node.terraformResourceType)) return;
    node.lifecycle = { ...node.lifecycle, preventDestroy: true };
  }
}
