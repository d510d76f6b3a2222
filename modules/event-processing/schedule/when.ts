import { Token } from "cdktf";
import type { Checks } from "../../core";

/** A point in time, or many: what `every`, `at` and `cron` make. */
export interface When {
  readonly kind: "every" | "at" | "cron";
  /** As EventBridge writes it. */
  readonly expression: string;
}

type Unit = "minute" | "minutes" | "hour" | "hours" | "day" | "days";

/** Again and again, from when it is made on: `every(5, "minutes")`, `every(1, "day")`. */
export function every(count: number, unit: Unit): When {
  const one = unit.replace(/s$/, "");
  // AWS takes one day and two days, and refuses one days and two day.
  return { kind: "every", expression: `rate(${count} ${count === 1 ? one : `${one}s`})` };
}

/** Once, at a time of day and year without zone, which the schedule gives: `at("2030-01-31T08:00:00")`. */
export function at(time: string): When {
  return { kind: "at", expression: `at(${time})` };
}

/**
 * By the calendar: `cron("0 8 ? * MON-FRI *")`. Six fields: minute, hour, day of the month, month, day of the week, year. One of
 * the two days is `?`.
 */
export function cron(fields: string): When {
  return { kind: "cron", expression: `cron(${fields})` };
}

/** Records what AWS would refuse of a time. */
export function checkWhen(checks: Checks, name: string, { kind, expression }: When): void {
  if (Token.isUnresolved(expression)) return;
  const inside = expression.slice(expression.indexOf("(") + 1, -1);
  if (kind === "every") checkRate(checks, name, inside);
  else if (kind === "at") checkTime(checks, name, inside);
  else checkCron(checks, name, inside);
}

function checkRate(checks: Checks, name: string, inside: string): void {
  const [count = ""] = inside.split(" ");
  checks.that(
    /^[1-9]\d*$/.test(count),
    `${name} must be every whole number of minutes, hours or days, got every ${count}`,
  );
}

function checkTime(checks: Checks, name: string, inside: string): void {
  checks.that(
    isMoment(inside),
    `${name} must be a time that there is, without zone, such as at("2030-01-31T08:00:00"), got at(${JSON.stringify(inside)}): ` +
      "the zone is the schedule's timeZone",
  );
}

/** Whether there is such a moment: Node reads 30 February as 2 March. */
export function isMoment(text: string): boolean {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(text);
  return form && new Date(`${text}Z`).toJSON()?.startsWith(text) === true;
}

interface Field {
  readonly what: string;
  readonly min: number;
  readonly max: number;
  /** Names for numbers, from `min` on. */
  readonly words?: readonly string[];
  /** What else AWS knows in this field. */
  readonly special?: RegExp;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** EventBridge user guide, "Cron expressions reference". */
const FIELDS: readonly Field[] = [
  { what: "minute", min: 0, max: 59 },
  { what: "hour", min: 0, max: 23 },
  { what: "day of the month", min: 1, max: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { what: "month", min: 1, max: 12, words: MONTHS },
  {
    what: "day of the week",
    min: 1,
    max: 7,
    words: WEEKDAYS,
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
  },
  { what: "year", min: 1970, max: 2199 },
];

function checkCron(checks: Checks, name: string, inside: string): void {
  const parts = inside.split(" ");
  if (parts.length !== FIELDS.length) {
    checks.that(
      false,
      `${name} must have six fields with one space between (minute hour day-of-month month day-of-week year), ` +
        `got ${JSON.stringify(inside)}`,
    );
    return;
  }
  for (const [index, field] of FIELDS.entries()) {
    const part = parts[index] as string;
    checks.that(
      isField(field, part),
      `${name}: ${JSON.stringify(part)} is no ${field.what} (${field.min} to ${field.max})`,
    );
  }
  const unsaid = [parts[2], parts[4]].filter((part) => part === "?").length;
  checks.that(
    unsaid === 1,
    `${name}: one of day of the month and day of the week must be "?", got ${JSON.stringify(parts[2])} and ` +
      `${JSON.stringify(parts[4])}`,
  );
}

function isField(field: Field, part: string): boolean {
  if (field.special?.test(part)) return true;
  return part.split(",").every((each) => isRange(field, each));
}

/** `*`, `5`, `1-5`, `MON-FRI`, and each of them with a step, `/15`. */
function isRange(field: Field, text: string): boolean {
  const [range = "", step, ...rest] = text.split("/");
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === "*") return true;
  const ends = range.split("-");
  return ends.length <= 2 && ends.every((end) => isValue(field, end));
}

function isValue({ min, max, words = [] }: Field, text: string): boolean {
  if (words.includes(text)) return true;
  return /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
}
