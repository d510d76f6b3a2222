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
