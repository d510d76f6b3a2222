import { MissingEnvironmentError } from "./errors";

/**
 * Reads a function's environment once, at load, and names every missing variable at once.
 * `variables` is a record so that a key of the `Env` type which is not read is a compile error.
 */
export function readEnv<Env>(
  functionName: string,
  variables: Readonly<Record<keyof Env & string, "required">>,
  source: NodeJS.ProcessEnv = process.env,
): { readonly [Name in keyof Env]: string } {
  const names = Object.keys(variables) as (keyof Env & string)[];
  const missing = names.filter((name) => !source[name]?.trim());
  if (missing.length > 0) throw new MissingEnvironmentError(functionName, missing);
  return Object.fromEntries(names.map((name) => [name, source[name]])) as Record<keyof Env, string>;
}
