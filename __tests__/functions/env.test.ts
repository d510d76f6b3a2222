import { readEnv } from "../../functions/shared/env";

interface Env {
  readonly TABLE_NAME: string;
  readonly IDEMPOTENCY_TABLE_NAME: string;
}
const read = (source: NodeJS.ProcessEnv) =>
  readEnv<Env>("billing", { TABLE_NAME: "required", IDEMPOTENCY_TABLE_NAME: "required" }, source);

describe("the environment reader", () => {
  test("answers exactly the variables asked for", () => {
    expect(read({ TABLE_NAME: "t", IDEMPOTENCY_TABLE_NAME: "i", OTHER: "o" })).toEqual({
      TABLE_NAME: "t",
      IDEMPOTENCY_TABLE_NAME: "i",
    });
  });

  test("rejects a missing variable, naming it and the function", () => {
    expect(() => read({ TABLE_NAME: "t" })).toThrow(
      'function "billing": environment variable IDEMPOTENCY_TABLE_NAME is missing or empty',
    );
  });

  test("rejects a blank variable as if it were missing", () => {
    expect(() => read({ TABLE_NAME: " ", IDEMPOTENCY_TABLE_NAME: "i" })).toThrow("TABLE_NAME");
  });

  test("rejects several missing variables at once", () => {
    expect(() => read({})).toThrow("TABLE_NAME, IDEMPOTENCY_TABLE_NAME");
  });
});
