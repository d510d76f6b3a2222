/** Whether a variable such as REQUIRE_ALL switches something on: empty and `0` do not. */
export function isOn(variable: string | undefined): boolean {
  return variable !== undefined && variable !== "" && variable !== "0";
}
