import type { Construct } from "constructs";
import type { Grantee } from "../../core";
import { Table } from ".";

/** Sessions that end by themselves; a function may read and write them, and not list them. */
export function example(scope: Construct, reader?: Grantee): Table {
  const sessions = new Table(scope, "sessions", {
    partitionKey: "sessionId",
    timeToLiveAttribute: "expiresAt",
  });
  if (reader !== undefined) sessions.grant(reader, "GetItem", "PutItem");
  return sessions;
}
