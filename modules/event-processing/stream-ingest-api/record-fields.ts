import { Token } from "cdktf";
import type { JsonSchema } from "../../api";
import type { Checks } from "../../core";

/**
 * Records that a schema lets no record through which has a field that is asked for: each request would be answered with 400.
 * A schema leaves every field open that it does not forbid: only `additionalProperties: false` closes it.
 * @param name what asks for the field, such as `partitionKey.field`
 * @param path of the field, such as `order.id`
 * @param wanted what the field must be
 */
export function checkField(
  checks: Checks,
  record: JsonSchema,
  name: string,
  path: string,
  wanted: JsonSchema,
): void {
  let schema: JsonSchema = record;
  const above: string[] = ["record"];
  for (const part of path.split(".")) {
    if (isOpaque(schema)) return;
    const place = above.join(".");
    if (!mayBe(schema, ["object"])) {
      checks.that(
        false,
        `${name} is ${path}, and ${place} is ${typesOf(schema)}, which has no fields: ${REMEDY}`,
      );
      return;
    }
    const next = schema.properties?.[part];
    if (next === undefined) {
      checks.that(
        !isClosed(schema),
        `${name} is ${path}, and ${place} names no ${part}, but ${namesOf(schema)}: and no other, by ` +
          "additionalProperties: false: name it among its properties, or take another field",
      );
      return;
    }
    schema = next;
    above.push("properties", part);
  }
  const types = [wanted.type ?? []].flat();
  checks.that(
    isOpaque(schema) || mayBe(schema, types),
    `${name} is ${path}, which the record has as ${typesOf(schema)}, and it must be ${types.join(" or ")}: ${REMEDY}`,
  );
}

/**
 * What a column of Hive's type is read from, by its first word; a text is read as what it says, such as "12.5". Of what is not
 * here (string, array) anything will do: the SerDe writes out the one and makes a list of the other (rcongiu/Hive-JSON-Serde,
 * `objectinspector`: the OpenX JSON SerDe to which Firehose's developer guide leads).
 */
const READ_FROM: Readonly<Record<string, { readonly types: readonly string[]; readonly words: string }>> = {
  ...Object.fromEntries(
    ["tinyint", "smallint", "int", "bigint", "float", "double", "decimal"].map((type) => [
      type,
      { types: ["integer", "string"], words: "a number or a text of one" },
    ]),
  ),
  boolean: { types: ["boolean", "string"], words: "true, false or a text of them" },
  date: { types: ["integer", "string"], words: "a text or a number" },
  timestamp: { types: ["integer", "string"], words: "a text or a number" },
  map: { types: ["object"], words: "an object" },
  struct: { types: ["object", "array"], words: "an object" },
};

/**
 * Records that a column would hold nothing, or that no record with its field could be converted, by the same reading of the
 * schema as for keys. Firehose lowers the letters of a record's keys before it looks for columns (Firehose API reference,
 * OpenXJsonSerDe, `CaseInsensitive`).
 * @param type of Hive, such as `decimal(10,2)`
 */
export function checkColumn(checks: Checks, record: JsonSchema, column: string, type: string): void {
  if (isOpaque(record)) return;
  const [field, schema] =
    Object.entries(record.properties ?? {}).find(([name]) => name.toLowerCase() === column) ?? [];
  if (schema === undefined) {
    checks.that(
      !isClosed(record),
      `columns has ${column}, and record names no such field, but ${namesOf(record)}, and no other, by additionalProperties: ` +
        `false, so that it would hold nothing: Firehose reads a record's keys in lower case${exampleOf(record)}; name the ` +
        "column so, or the field among the record's properties",
    );
    return;
  }
  const [word = ""] = type.split(/[(<]/);
  const from = Object.hasOwn(READ_FROM, word) ? READ_FROM[word] : undefined;
  checks.that(
    from === undefined || isOpaque(schema) || mayBe(schema, from.types),
    `columns.${column} is ${type}, and the record has ${field} as ${typesOf(schema)}: such a column takes ${from?.words}; change ` +
      "the column or the schema",
  );
}

function exampleOf({ properties = {} }: JsonSchema): string {
  const mixed = Object.keys(properties).find((name) => name !== name.toLowerCase());
  return mixed === undefined ? "" : `, as ${mixed} in ${mixed.toLowerCase()}`;
}

const REMEDY = "change the schema, or take another field";

/** Whether only API Gateway knows what it lets through. */
function isOpaque(schema: JsonSchema): boolean {
  return (
    Token.isUnresolved(schema) || Token.isUnresolved(schema.type) || Token.isUnresolved(schema.properties)
  );
}

/** Whether a schema forbids every field that it does not name (JSON schema draft 4, "additionalProperties"). */
function isClosed({ patternProperties, additionalProperties }: JsonSchema): boolean {
  return additionalProperties === false && patternProperties === undefined;
}

/** JSON's numbers may be integers. */
function mayBe({ type, enum: values }: JsonSchema, types: readonly string[]): boolean {
  const wanted = types.includes("integer") ? [...types, "number"] : types;
  const typed = type === undefined || [type].flat().some((each) => wanted.includes(each));
  return typed && (values === undefined || values.some((value) => wanted.includes(typeOf(value))));
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function typesOf({ type, enum: values }: JsonSchema): string {
  return type === undefined ? `one of ${JSON.stringify(values)}` : [type].flat().join(" or ");
}

function namesOf({ properties = {} }: JsonSchema): string {
  return Object.keys(properties).join(", ") || "none";
}
