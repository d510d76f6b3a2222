import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

type Item = Record<string, AttributeValue>;
type Action = "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem";

interface Request {
  TableName: string;
  Key?: Item;
  Item?: Item;
  ConditionExpression?: string;
  UpdateExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, AttributeValue>;
}

class Refusal extends Error {
  constructor(
    readonly type: string,
    readonly item?: Item,
  ) {
    super(type);
  }
}

/**
 * As much of DynamoDB as the functions use, over HTTP on loopback, so that the real client and its wire format are
 * exercised: conditions of `=`, `<`, attribute_exists and attribute_not_exists; updates by ADD and SET. It throws on
 * anything else. `calls` is the record of what was asked for, from which permissions are read.
 */
export class DynamoDbStub {
  readonly calls: string[] = [];
  /** Real DynamoDB always answers a failed condition with the item (ALL_OLD); some emulators do not. */
  answersWithOldItem = true;
  private readonly tables = new Map<string, Map<string, Item>>();
  private readonly refusals = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    readonly endpoint: string,
  ) {}

  /** `keys`: table name → name of its partition key. */
  static async start(keys: Readonly<Record<string, string>>): Promise<DynamoDbStub> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const stub = new DynamoDbStub(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", async (request: IncomingMessage, response) => {
      const { status, body } = await stub.answer(request, keys);
      // By this header the client sets its clock, and tries a refused call again when that moved it. Tests set the clock.
      response.sendDate = false;
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify(body));
    });
    return stub;
  }

  client(): DynamoDBClient {
    return new DynamoDBClient({
      endpoint: this.endpoint,
      region: "eu-west-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
  }

  items(table: string): Record<string, unknown>[] {
    return [...(this.tables.get(table)?.values() ?? [])].map((item) => unmarshall(item));
  }

  /** Drops every item of a table. */
  forget(table: string): void {
    this.tables.delete(table);
  }

  /** Refuses the next calls of an action on a table, as a missing permission would. */
  refuse(action: Action, table: string, times = 1): void {
    this.refusals.set(`${action} ${table}`, times);
  }

  reset(): void {
    this.tables.clear();
    this.refusals.clear();
    this.calls.length = 0;
    this.answersWithOldItem = true;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(
    request: IncomingMessage,
    keys: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: unknown }> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const action = String(request.headers["x-amz-target"]).replace("DynamoDB_20120810.", "") as Action;
      const input = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Request;
      return { status: 200, body: this.perform(action, input, keys[input.TableName]) };
    } catch (error) {
      const type = error instanceof Refusal ? error.type : "InternalFailure";
      const item = error instanceof Refusal && this.answersWithOldItem ? error.item : undefined;
      return {
        status: 400,
        body: { __type: `com.amazonaws.dynamodb#${type}`, message: String(error), Item: item },
      };
    }
  }

  private perform(action: Action, input: Request, keyName: string | undefined): unknown {
    const call = `${action} ${input.TableName}`;
    this.calls.push(call);
    if (keyName === undefined) throw new Refusal("ResourceNotFoundException");
    const refusals = this.refusals.get(call) ?? 0;
    if (refusals > 0) {
      this.refusals.set(call, refusals - 1);
      throw new Refusal("AccessDeniedException");
    }
    const table = this.tables.get(input.TableName) ?? new Map<string, Item>();
    this.tables.set(input.TableName, table);
    const key = (input.Item ?? input.Key)?.[keyName]?.S;
    if (key === undefined) throw new Refusal("ValidationException");
    const old = table.get(key);
    if (!holds(input, old)) throw new Refusal("ConditionalCheckFailedException", old);
    if (action === "GetItem") return { Item: old };
    if (action === "DeleteItem") table.delete(key);
    else if (action === "PutItem") table.set(key, input.Item ?? {});
    else if (action === "UpdateItem") table.set(key, updated(input, old));
    else throw new Error(`the stub does not know ${action}`);
    return {};
  }
}

const nameOf = (input: Request, placeholder: string): string => {
  const name = input.ExpressionAttributeNames?.[placeholder];
  if (name === undefined) throw new Refusal("ValidationException");
  return name;
};

const givenValue = (input: Request, placeholder: string): AttributeValue => {
  const value = input.ExpressionAttributeValues?.[placeholder];
  if (value === undefined) throw new Refusal("ValidationException");
  return value;
};

/** OR of ANDs; brackets only around an AND, where they change nothing. */
function holds(input: Request, item: Item | undefined): boolean {
  if (input.ConditionExpression === undefined) return true;
  return input.ConditionExpression.split(" OR ").some((all) =>
    all
      .replace(/^\((.*)\)$/, "$1")
      .split(" AND ")
      .every((term) => termHolds(input, item, term)),
  );
}

function termHolds(input: Request, item: Item | undefined, term: string): boolean {
  const [, exists, attribute] = /^(attribute_exists|attribute_not_exists)\((#\w+)\)$/.exec(term) ?? [];
  if (exists !== undefined && attribute !== undefined)
    return (item?.[nameOf(input, attribute)] !== undefined) === (exists === "attribute_exists");
  const [, left, operator, right] = /^(#\w+) ([<=]) (:\w+)$/.exec(term) ?? [];
  if (left === undefined || right === undefined)
    throw new Error(`the stub does not know the condition ${term}`);
  const actual = item?.[nameOf(input, left)];
  const wanted = givenValue(input, right);
  if (actual === undefined) return false;
  return operator === "="
    ? actual.S === wanted.S && actual.N === wanted.N
    : Number(actual.N) < Number(wanted.N);
}

function updated(input: Request, old: Item | undefined): Item {
  const item: Item = { ...old, ...input.Key };
  const words = (input.UpdateExpression ?? "").split(/\b(ADD|SET)\b/).slice(1);
  for (let index = 0; index < words.length; index += 2)
    for (const clause of (words[index + 1] ?? "").split(",")) {
      const [, name, value] = /^(#\w+)(?: = | )(:\w+)$/.exec(clause.trim()) ?? [];
      if (name === undefined || value === undefined)
        throw new Error(`the stub does not know the update ${clause}`);
      const attribute = nameOf(input, name);
      const given = givenValue(input, value);
      item[attribute] =
        words[index] === "ADD" ? { N: String(Number(item[attribute]?.N ?? 0) + Number(given.N)) } : given;
    }
  return item;
}
