import { Token, Tokenization } from "cdktf";
import type { Checks } from "../../core";
import { type Fields, isFields } from "../matching";
import { alternativesOf, clashIn, combinationsOf } from "./alternatives";
import type { EventPattern } from "./event-pattern";
import { FORMS } from "./forms";
import { PatternReading } from "./pattern-reading";
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
  const reading = new PatternReading(FORMS);
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
