import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";

/**
 * Puts an item unless its key is there already, which is no error: it was written by an earlier try of the same order.
 * This closes the window that no lock closes, an invocation that died between its write and the note that it is done.
 */
export async function writeOnce(
  documents: DynamoDBDocumentClient,
  table: { readonly name: string; readonly key: string },
  item: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await documents.send(
      new PutCommand({
        TableName: table.name,
        Item: item,
        ConditionExpression: "attribute_not_exists(#key)",
        ExpressionAttributeNames: { "#key": table.key },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
