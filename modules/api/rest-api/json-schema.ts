import { Token } from "cdktf";
import type { Checks } from "../../core";

/** The types of JSON. */
type JsonType = "array" | "boolean" | "integer" | "null" | "number" | "object" | "string";

/** A JSON schema as API Gateway reads it: draft 4. */
export interface JsonSchema {
  readonly type?: JsonType | readonly JsonType[];
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly additionalItems?: boolean | JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Draft 4: whether `minimum` itself is out. */
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
}

const TYPES: readonly JsonType[] = ["array", "boolean", "integer", "null", "number", "object", "string"];
const TEXTS = ["title", "description", "format"];
const COUNTS = ["minProperties", "maxProperties", "minItems", "maxItems", "minLength", "maxLength"];
const NUMBERS = ["minimum", "maximum", "multipleOf"];
const FLAGS = ["exclusiveMinimum", "exclusiveMaximum", "uniqueItems"];
const SCHEMAS = ["not", "items", "additionalItems", "additionalProperties"];
const LISTS = ["allOf", "anyOf", "oneOf"];
const RECORDS = ["properties", "patternProperties"];

/** What later drafts say, and how draft 4 does; API Gateway overlooks the one and knows the other. */
const LATER: ReadonlyMap<string, string> = new Map([
  ["$defs", "write the schema where it is used"],
  ["$id", "leave it out"],
  ["const", "use enum with one value"],
  ["contains", "draft 4 has none: check it behind the API"],
  ["dependentRequired", "use anyOf"],
  ["else", "use anyOf"],
  ["examples", "use description"],
  ["if", "use anyOf"],
  ["propertyNames", "use patternProperties with additionalProperties: false"],
  ["then", "use anyOf"],
]);

/**
 * Records what API Gateway refuses of a schema, and what it would overlook, so that a request passes which should not.
 * @param name of the schema in messages, such as `body`
 */
export function checkJsonSchema(checks: Checks, name: string, schema: unknown): void {
  if (Token.isUnresolved(schema)) return;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    checks.that(false, `${name} must be a JSON schema (an object), got ${JSON.stringify(schema)}`);
    return;
  }
  for (const [keyword, value] of Object.entries(schema)) {
    if (value !== undefined) checkKeyword(checks, `${name}.${keyword}`, keyword, value);
  }
  const { required, properties, additionalProperties } = schema as JsonSchema;
  const missing = Array.isArray(required)
    ? required.filter((each) => additionalProperties === false && properties?.[each] === undefined)
    : [];
  checks.that(
    missing.length === 0,
    `${name}.required names ${missing.join(", ")}, which additionalProperties: false forbids: add it to properties`,
  );
}

function checkKeyword(checks: Checks, name: string, keyword: string, value: unknown): void {
  const must = (holds: boolean, what: string) =>
    checks.that(holds, `${name} must be ${what}, got ${JSON.stringify(value)}`);
  const each = (inner: object) => {
    for (const [key, schema] of Object.entries(inner)) checkJsonSchema(checks, `${name}.${key}`, schema);
  };
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (keyword === "type") {
    const types = [value].flat();
    must(types.length > 0 && types.every((type) => TYPES.includes(type as JsonType)), TYPES.join(", "));
  } else if (keyword === "required") {
    must(
      Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === "string"),
      "a list of at least one name (draft 4)",
    );
  } else if (keyword === "enum")
    must(Array.isArray(value) && value.length > 0, "a list of at least one value");
  else if (keyword === "pattern") must(isExpression(value), "a regular expression");
  else if (TEXTS.includes(keyword)) must(typeof value === "string", "a text");
  else if (COUNTS.includes(keyword))
    must(Number.isInteger(value) && (value as number) >= 0, "a whole number, 0 or more");
  else if (NUMBERS.includes(keyword)) must(typeof value === "number", "a number");
  else if (FLAGS.includes(keyword))
    must(typeof value === "boolean", "true or false (draft 4: beside minimum or maximum)");
  else if (LISTS.includes(keyword)) {
    must(Array.isArray(value) && value.length > 0, "a list of at least one schema");
    if (Array.isArray(value)) each(value);
  } else if (RECORDS.includes(keyword)) {
    must(isObject, "schemas by name");
    if (isObject) each(value as object);
  } else if (keyword === "items" && Array.isArray(value)) each(value);
  else if (SCHEMAS.includes(keyword)) {
    if (typeof value === "boolean" && keyword.startsWith("additional")) return;
    checkJsonSchema(checks, name, value);
  } else {
    const remedy =
      LATER.get(keyword) ?? "API Gateway would overlook it, and requests would pass that should not";
    checks.that(false, `${name} is no keyword of JSON schema draft 4: ${remedy}`);
  }
}

function isExpression(value: unknown): boolean {
  try {
    return typeof value === "string" && new RegExp(value) !== undefined;
  } catch {
    return false;
  }
}

/** The schema as API Gateway stores it. */
export function schemaJson(schema: JsonSchema): string {
  return JSON.stringify({ $schema: "http://json-schema.org/draft-04/schema#", ...schema });
}
