import { Token, Tokenization } from "cdktf";
import type { Checks } from "../../core";
import { conditionFault, type Fields, isFields, RESERVED_WORDS } from "../matching";
import { nearest } from "../nearest";
import { alternativesOf, clashIn, combinationsOf } from "./alternatives";
import { ENVELOPE, type EventPattern } from "./event-pattern";
import { FORMS } from "./forms";
import { objectFaults } from "./s3-objects";

/** EventBridge quotas, "Event pattern size", unless AWS raised it for the account. */
const DEFAULT_CHARACTERS = 2048;
/** EventBridge user guide, "Matching using $or". */
const MOST_COMBINATIONS = 1000;

/**
 * The faults of a pattern, which AWS tells at apply or, worse, takes: the rule is then there and never matches.
 *
 * What only Terraform knows is let through wherever a value stands. In the pattern's size each such value counts as one
 * character, so that no pattern is refused that would fit; one that is nearly too long AWS may refuse at apply.
 *
 * @param name what the reader calls the pattern, such as `pattern`
 * @param quotaCharacters the environment's fact `eventPatternCharacters`
 */
export function checkEventPattern(
  checks: Checks,
  name: string,
  pattern: EventPattern,
  quotaCharacters = DEFAULT_CHARACTERS,
): void {
  for (const fault of patternFaults(pattern, name)) checks.that(false, fault);
  const characters = charactersOf(pattern);
  checks.that(
    characters <= quotaCharacters,
    `${name} takes ${characters} characters, and the account's quota is ${quotaCharacters}: use prefixes or wildcards, split it over ` +
      "rules, or have the quota raised (at most 4096) and say so in the fact eventPatternCharacters",
  );
}

/** What is wrong with a pattern, whatever its size. */
export function patternFaults(pattern: unknown, name = "pattern"): readonly string[] {
  if (Token.isUnresolved(pattern)) return [];
  if (!isFields(pattern))
    return [`${name} must be an object of fields, got ${JSON.stringify(pattern)}: write { source: [ … ] }`];
  const reading = new Reading();
  reading.ofFields(pattern, { path: name, envelope: true, alternative: false });
  return reading.faults.length > 0
    ? reading.faults
    : [...meaningFaults(pattern, name), ...objectFaults(pattern, name)];
}

/** What only the whole pattern shows, once its parts are sound. */
function meaningFaults(pattern: Fields, name: string): readonly string[] {
  const combinations = combinationsOf(pattern);
  if (combinations > MOST_COMBINATIONS) {
    return [
      `${name} has ${combinations} combinations of alternatives, and EventBridge takes ${MOST_COMBINATIONS}: split it over rules`,
    ];
  }
  const clashes = new Set(alternativesOf(pattern).map(clashIn));
  return [...clashes]
    .filter((path) => path !== undefined)
    .map(
      (path) =>
        `${name}.${path} has two conditions in one alternative, of which AWS keeps the last or matches nothing: ` +
        "write all its values into one list, or the field into every alternative of $or and not beside it",
    );
}

/** The pattern's size as AWS counts it, as far as it is known. */
function charactersOf(pattern: EventPattern): number {
  const known: string | undefined = JSON.stringify(pattern, (_, value: unknown) => {
    if (!Token.isUnresolved(value)) return value;
    if (typeof value !== "string") return 0;
    const { literals, tokens } = Tokenization.reverseString(value);
    return literals.join("") + "?".repeat(tokens.length);
  });
  return known?.length ?? 0;
}

/** Where in a pattern the reader stands. */
interface Place {
  readonly path: string;
  /** At the top, where the names are AWS's. */
  readonly envelope: boolean;
  /** Below a `$or`, where the words of operators are no names. */
  readonly alternative: boolean;
}

/** One walk through a pattern, which notes every fault on the way. */
class Reading {
  readonly faults: string[] = [];

  ofFields(fields: Fields, place: Place): void {
    const entries = Object.entries(fields);
    if (entries.length === 0)
      this.faults.push(`${place.path} must name at least one field: AWS refuses an empty object`);
    for (const [key, value] of entries) this.ofKey(key, value, { ...place, path: `${place.path}.${key}` });
  }

  private ofKey(key: string, value: unknown, place: Place): void {
    if (key === "$or") this.ofAlternatives(value, place);
    else if (!place.envelope || this.ofEnvelope(key, value, place)) this.ofField(key, value, place);
  }

  private ofField(key: string, value: unknown, place: Place): void {
    if (place.alternative && RESERVED_WORDS.includes(key)) {
      this.faults.push(
        `${place.path} is a word of AWS's own, and with it the whole $or would count as a name: write { name: [{ ${key}: … }] }, ` +
          "or match without $or",
      );
    }
    if (Array.isArray(value)) this.ofList(value, place.path);
    else if (isFields(value)) this.ofFields(value, { ...place, envelope: false });
    else {
      const remedy = value === undefined ? "leave the name out" : `write [${JSON.stringify(value)}]`;
      this.faults.push(`${place.path} must be a list of values, got ${JSON.stringify(value)}: ${remedy}`);
    }
  }

  /** Whether an event has a field of this name and kind: AWS takes any, and matches nothing. */
  private ofEnvelope(key: string, value: unknown, { path }: Place): boolean {
    const [name = ""] = key.split(".");
    if (!(ENVELOPE as readonly string[]).includes(name)) {
      const meant = nearest(name, ENVELOPE);
      const remedy =
        meant === undefined ? `write { detail: { ${JSON.stringify(name)}: … } }` : `write "${meant}"`;
      this.faults.push(`${path} is no field of an event (${ENVELOPE.join(", ")}): ${remedy}`);
      return false;
    }
    const nested = isFields(value) || name !== key;
    if (Array.isArray(value) && key === "detail") {
      this.faults.push(`${path} must be an object of fields, got a list: write { detail: { name: [ … ] } }`);
      return false;
    }
    if (nested && name !== "detail") {
      this.faults.push(`${path} holds no fields in any event: write { ${JSON.stringify(name)}: [ … ] }`);
      return false;
    }
    for (const each of Array.isArray(value) ? value : []) {
      if (isText(each)) continue;
      const given = JSON.stringify(each);
      this.faults.push(
        `${path} is text in every event, got ${given}: write such as ${JSON.stringify(String(each))}`,
      );
    }
    return true;
  }

  private ofList(values: readonly unknown[], path: string): void {
    if (Token.isUnresolved(values)) {
      this.faults.push(
        `${path} is a list that only Terraform knows, which no JSON text can hold: write its members`,
      );
      return;
    }
    if (values.length === 0)
      this.faults.push(`${path} must hold at least one value: AWS refuses an empty list`);
    for (const value of values) {
      const fault = conditionFault(value, FORMS);
      if (fault !== undefined) this.faults.push(`${path} ${fault}`);
    }
  }

  /** EventBridge user guide, "Matching using $or": with fewer than two objects it would be the name of a field. */
  private ofAlternatives(value: unknown, place: Place): void {
    const alternatives: readonly unknown[] = Array.isArray(value) ? value : [];
    if (alternatives.length < 2) {
      this.faults.push(
        `${place.path} must be a list of at least two alternatives, got ${JSON.stringify(value)}: write [{ … }, { … }], or the conditions without $or`,
      );
    }
    for (const [index, each] of alternatives.entries()) {
      const path = `${place.path}[${index}]`;
      if (isFields(each)) this.ofFields(each, { ...place, path, alternative: true });
      else
        this.faults.push(
          `${path} must be an object of fields, got ${JSON.stringify(each)}: write { name: [ … ] }, or leave it out`,
        );
    }
  }
}

/** What text can be compared with; operators are judged with the others. */
function isText(value: unknown): boolean {
  return typeof value === "string" || isFields(value) || Token.isUnresolved(value);
}
