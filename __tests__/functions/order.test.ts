import fc from "fast-check";
import { MalformedOrderError } from "../../functions/shared/errors";
import { dayOf, type Order, orderFromJson, parseOrder } from "../../functions/shared/order";
import { anOrder } from "../support/sqs-events";

const id = fc.string({ minLength: 1, maxLength: 128 });
const offset = fc
  .tuple(fc.constantFrom("+", "-"), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([sign, h, m]) => `${sign}${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`);
const placedAt = fc
  .tuple(
    fc.date({
      min: new Date("1970-01-03T00:00:00Z"),
      max: new Date("2999-12-29T00:00:00Z"),
      noInvalidDate: true,
    }),
    fc.oneof(fc.constant("Z"), offset),
  )
  .map(([date, zone]) => date.toISOString().replace("Z", zone));
const validOrder: fc.Arbitrary<Order> = fc.record(
  {
    orderId: id,
    customerId: id,
    total: fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true }),
    currency: fc.stringMatching(/^[A-Z]{3}$/),
    placedAt,
  },
  { noNullPrototype: true },
);

const notAString = fc.anything().filter((value) => typeof value !== "string");
const brokenId = fc.oneof(notAString, fc.constantFrom("", "a\nb", "\ud800"), fc.string({ minLength: 129 }));
const broken: Record<keyof Order, fc.Arbitrary<unknown>> = {
  orderId: brokenId,
  customerId: brokenId,
  total: fc.oneof(
    fc.anything().filter((value) => typeof value !== "number"),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
    fc.double({ max: -Number.MIN_VALUE, noNaN: true }),
  ),
  currency: fc.oneof(
    notAString,
    fc.string().filter((text) => !/^[A-Z]{3}$/.test(text)),
  ),
  placedAt: fc.oneof(
    notAString,
    fc.string(),
    fc.constantFrom(
      "2025-03-31",
      "2025-03-31T10:15:00",
      "2025-02-30T10:15:00Z",
      "2025-13-01T10:15:00Z",
      "2025-03-31T25:15:00Z",
      "2025-03-31T10:15:00+24:00",
      "31 March 2025 10:15 UTC",
      "0000-01-01T00:00:00+01:00",
    ),
  ),
};
const fields = Object.keys(broken) as (keyof Order)[];

const faultsOf = (value: unknown): readonly string[] => {
  try {
    parseOrder(value);
  } catch (error) {
    if (error instanceof MalformedOrderError) return error.faults;
    throw error;
  }
  return [];
};
const fieldsNamed = (faults: readonly string[]): (string | undefined)[] =>
  faults.map((fault) => fault.split(" ")[0]);

describe("an order", () => {
  test("comes through JSON unchanged", () => {
    fc.assert(
      fc.property(validOrder, (order) => {
        expect(orderFromJson(JSON.stringify(order))).toEqual(order);
      }),
    );
  });

  test("loses the fields that the consumers do not know", () => {
    const order = anOrder();
    expect(parseOrder({ ...order, coupon: "SPRING" })).toEqual(order);
  });

  test("falls on a day written YYYY-MM-DD", () => {
    fc.assert(
      fc.property(validOrder, (order) => {
        expect(dayOf(parseOrder(order))).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      }),
    );
  });

  test("placed after midnight east of Greenwich falls on the UTC day before", () => {
    expect(dayOf(anOrder({ placedAt: "2025-04-01T00:30:00+02:00" }))).toBe("2025-03-31");
  });
});

describe("the order parser", () => {
  test.each(fields)("rejects an order whose %s alone is broken, naming only that", (field) => {
    fc.assert(
      fc.property(validOrder, broken[field], (order, value) => {
        expect(fieldsNamed(faultsOf({ ...order, [field]: value }))).toEqual([field]);
      }),
    );
  });

  test.each(["orderId", "customerId"] as const)("takes a %s of 128 characters, and of one", (field) => {
    for (const value of ["x".repeat(128), "x"]) expect(faultsOf(anOrder({ [field]: value }))).toEqual([]);
  });

  test.each(["orderId", "customerId"] as const)(
    "rejects a %s of 129 characters, saying how many",
    (field) => {
      expect(faultsOf(anOrder({ [field]: "x".repeat(129) }))).toEqual([
        `${field} must have at most 128 characters, has 129`,
      ]);
    },
  );

  test("rejects any set of missing fields, naming each one at once", () => {
    fc.assert(
      fc.property(validOrder, fc.subarray(fields, { minLength: 1 }), (order, missing) => {
        const partial = Object.fromEntries(
          Object.entries(order).filter(([name]) => !missing.includes(name as keyof Order)),
        );
        expect(faultsOf(partial)).toEqual(missing.map((name) => `${name} is missing`));
      }),
    );
  });

  test("rejects a field that is only inherited", () => {
    const order = anOrder();
    expect(faultsOf(Object.create(order))).toHaveLength(fields.length);
  });

  test.each([[null], [[]], ["order"], [7], [undefined]])("rejects %j, which is not an object", (value) => {
    expect(faultsOf(value)).toEqual(["must be a JSON object"]);
  });

  test("rejects a body that is not JSON without quoting it", () => {
    expect(() => orderFromJson("card 4111")).toThrow("not an order: must be JSON");
  });

  test("rejects a broken order without quoting its values", () => {
    const customerId = "secret".repeat(30);
    expect(faultsOf(anOrder({ customerId })).join()).not.toContain("secret");
  });
});
