import type { LambdaEventSourceMappingFilterCriteria } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Token } from "cdktf";
import type { AtLeastTwo, Checks } from "../core";
import { PatternReading } from "./event-pattern/pattern-reading";
import { type Condition, FORMS as SNS_FORMS } from "./filter-condition";
import { type Forms, isFields, isOneOrSeveral, type Name } from "./matching";

/**
 * One condition on a value, as Lambda's event filtering knows them. Lambda developer guide, "Filter rule syntax": no ranges of
 * addresses, and nothing within `anything-but`.
 */
type EventCondition =
  | Exclude<Condition, { readonly cidr: string } | { readonly "anything-but": unknown }>
  | { readonly "anything-but": string | number | readonly string[] | readonly number[] };

const { cidr: _unknown, ...shared } = SNS_FORMS;
const FORMS: Forms = {
  ...shared,
  "anything-but": {
    holds: (operand) => isOneOrSeveral(operand, (each) => typeof each === "string", Number.isFinite),
    allowed: "a string, a number, a list of strings or a list of numbers",
    example: ["draft", "test"],
  },
};

/** Conditions on the fields of a JSON object, nested as the object is: all must hold. */
export interface EventConditions {
  readonly [field: Name]: readonly EventCondition[] | EventConditions;
  /** Alternatives over several fields: one must hold, beside the conditions around it. */
  readonly $or?: AtLeastTwo<EventConditions>;
}

/** Where in a record of its source the JSON is that the conditions are about. */
type Payload = "body" | "data";

/**
 * Words of the record around the JSON: what AWS's own examples of a pattern begin with, and what is written here already.
 * Lambda developer guide, "Using event filtering with an Amazon SQS event source" and "… an Amazon Kinesis event source".
 */
const ENVELOPES: Readonly<Record<Payload, { readonly words: readonly string[]; readonly json: string }>> = {
  body: { words: ["body", "messageAttributes", "attributes"], json: "a message's JSON body" },
  data: { words: ["data"], json: "a record's JSON data" },
};

/** Lambda developer guide, "Control which events Lambda sends to your function"; API reference, "Filter". */
const LIMITS = { filters: 5, characters: 4096 };

/**
 * Filters in the form of `aws_lambda_event_source_mapping`. One of them must match.
 * @param field where in a record of the source the object is that the conditions are about @default the record itself
 */
export function filterCriteria(
  filters: readonly object[] | undefined,
  field?: Payload,
): LambdaEventSourceMappingFilterCriteria | undefined {
  return filters && { filter: filters.map((each) => ({ pattern: patternOf(each, field) })) };
}

function patternOf(conditions: object, field?: string): string {
  return JSON.stringify(field === undefined ? conditions : { [field]: conditions });
}

/** The faults of filters, which Lambda tells only at apply, or by handing over nothing. */
export function checkFilters(
  checks: Checks,
  name: string,
  filters: readonly object[] | undefined,
  field?: Payload,
): void {
  if (filters === undefined || Token.isUnresolved(filters)) return;
  checks.that(
    filters.length >= 1 && filters.length <= LIMITS.filters,
    `${name} must hold 1 to ${LIMITS.filters} filters, got ${filters.length}: ` +
      (filters.length === 0 ? "leave it out to get every record" : "join some with $or or with longer lists"),
  );
  for (const [index, each] of filters.entries()) {
    const path = `${name}[${index}]`;
    for (const fault of [...faultsIn(each, path), ...faultsOfEnvelope(each, path, field)])
      checks.that(false, fault);
    const { length } = patternOf(each, field);
    checks.that(
      length <= LIMITS.characters,
      `${path} takes ${length} characters, and Lambda holds ${LIMITS.characters}: use fewer values or a prefix`,
    );
  }
}

function faultsIn(pattern: object, path: string): readonly string[] {
  if (Token.isUnresolved(pattern)) return [];
  if (!isFields(pattern)) {
    return [`${path} must be an object of fields, got ${JSON.stringify(pattern)}: write { field: [ … ] }`];
  }
  const reading = new PatternReading(FORMS);
  reading.ofFields(pattern, { path, envelope: false, alternative: false });
  return reading.faults;
}

/**
 * That a filter is what AWS's documentation shows, the record's envelope and all: it would stand within another envelope, and
 * match nothing. A JSON that has such a field itself has others beside it, by which a filter can say so.
 */
function faultsOfEnvelope(pattern: object, path: string, field: Payload | undefined): readonly string[] {
  if (field === undefined || !isFields(pattern)) return [];
  const { words, json } = ENVELOPES[field];
  const names = Object.keys(pattern);
  if (names.length === 0 || !names.every((name) => words.includes(name))) return [];
  const within = pattern[field];
  const remedy = isFields(within)
    ? `write what is in it, such as ${JSON.stringify(within)}`
    : "name fields of that JSON";
  const [name] = names;
  return [
    `${path} names only ${names.join(" and ")}, and conditions are on what is in ${json} already, so that nothing would ` +
      `match: ${remedy}; of a JSON that has a field ${name} itself, name another field beside it, such as ` +
      "id: [{ exists: true }]",
  ];
}
