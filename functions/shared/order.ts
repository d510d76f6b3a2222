import { MalformedOrderError } from "./errors";

export interface Order {
  readonly orderId: string;
  readonly customerId: string;
  /** In units of the currency, not cents. */
  readonly total: number;
  /** ISO 4217. */
  readonly currency: string;
  /** ISO 8601 with time zone, as the shop wrote it. */
  readonly placedAt: string;
}

type Check = (value: unknown) => string | undefined;

const MAX_ID_LENGTH = 128;
const TIMESTAMP =
  /^(?<date>\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1\d|2[0-3]):[0-5]\d)$/;

/** Lone surrogates all become U+FFFD in UTF-8: two such ids would share one key, and one order would be dropped. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

const id: Check = (value) => {
  if (typeof value !== "string") return "must be a string";
  if (value.length === 0) return "must not be empty";
  if (value.length > MAX_ID_LENGTH)
    return `must have at most ${MAX_ID_LENGTH} characters, has ${value.length}`;
  if (UNSTORABLE.test(value)) return "must not contain control characters or lone surrogates";
  return undefined;
};

/** The upper limit is the document client's: it refuses to write a number that it could not read back. */
const amount: Check = (value) => {
  if (typeof value !== "number" || !Number.isFinite(value)) return "must be a finite number";
  if (value < 0) return "must not be negative";
  if (value > Number.MAX_SAFE_INTEGER) return `must be at most ${Number.MAX_SAFE_INTEGER}`;
  return undefined;
};

const currencyCode: Check = (value) =>
  typeof value === "string" && /^[A-Z]{3}$/.test(value)
    ? undefined
    : "must be an ISO 4217 code of three capitals";

const timestamp: Check = (value) => {
  const written = typeof value === "string" ? TIMESTAMP.exec(value)?.groups?.date : undefined;
  if (typeof value !== "string" || written === undefined)
    return "must be an ISO 8601 timestamp with a time zone, such as 2025-03-31T23:59:00Z";
  return isDay(written) && isInstant(value) ? undefined : "must be a moment that exists";
};

/** Node reads 30 February as 1 March; written back, it is another day. */
const isDay = (date: string): boolean => {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
};

/** A year before 0000 or after 9999 in UTC would be written with a sign, and `dayOf` would cut it wrongly. */
const isInstant = (value: string): boolean => {
  const instant = new Date(value);
  return !Number.isNaN(instant.getTime()) && /^\d{4}-/.test(instant.toISOString());
};

const checks: Readonly<Record<keyof Order, Check>> = {
  orderId: id,
  customerId: id,
  total: amount,
  currency: currencyCode,
  placedAt: timestamp,
};

/** Checks every field and names all faults at once. Fields it does not know are left out: publishers may add some. */
export function parseOrder(value: unknown): Order {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new MalformedOrderError(["must be a JSON object"]);
  const given = value as Record<string, unknown>;
  const names = Object.keys(checks) as (keyof Order)[];
  const faults = names.flatMap((name) => {
    const fault = Object.hasOwn(given, name) ? checks[name](given[name]) : "is missing";
    return fault === undefined ? [] : [`${name} ${fault}`];
  });
  if (faults.length > 0) throw new MalformedOrderError(faults);
  return Object.fromEntries(names.map((name) => [name, given[name]])) as unknown as Order;
}

export function orderFromJson(body: string): Order {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // Without the cause: Node quotes the text in the SyntaxError, and errors are logged.
    throw new MalformedOrderError(["must be JSON"]);
  }
  return parseOrder(value);
}

/** The UTC day, so that orders from all time zones fall into the same days. */
export const dayOf = (order: Order): string => new Date(order.placedAt).toISOString().slice(0, 10);
