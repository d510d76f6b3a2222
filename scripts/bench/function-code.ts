import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import ts from "typescript";
import { build } from "../../modules/compute/node-function/bundle";
import { OperatorError } from "../support/command";

/** A function as Lambda holds it. */
export interface FunctionCode {
  readonly name: string;
  /** The bundle, in a folder of its own. */
  readonly file: string;
  /** The names of the variables that it reads at load. */
  readonly variables: readonly string[];
  /** What it leaves to the runtime: packages of the AWS SDK. */
  readonly external: readonly string[];
  readonly zippedBytes: number;
  /** Of the code that is run. */
  readonly codeBytes: number;
  /** Of everything in the zip: code, source map, payload. */
  readonly unzippedBytes: number;
}

/** The functions in a folder, by name. */
export function functionsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "handler.ts")))
    .sort();
}

/**
 * Bundles a function and unpacks it, as Lambda does.
 * @param to a folder inside a project whose `node_modules` hold the AWS SDK
 * @throws OperatorError when the bundle holds no `index.mjs`
 */
export function unpackFunction(folder: string, name: string, to: string): FunctionCode {
  const { path, zippedBytes, unzippedBytes } = build(join(folder, name, "handler.ts"));
  const own = join(to, name);
  const files = Object.entries(unzipSync(readFileSync(path)));
  for (const [file, contents] of files) {
    mkdirSync(dirname(join(own, file)), { recursive: true });
    writeFileSync(join(own, file), contents);
  }
  const file = join(own, "index.mjs");
  if (!existsSync(file)) throw new OperatorError(`function ${name}: its bundle holds no index.mjs`);
  const code = readFileSync(file, "utf8");
  return {
    name,
    file,
    variables: variablesOf(join(folder, name, "env.ts")),
    external: externalIn(code),
    zippedBytes,
    codeBytes: Buffer.byteLength(code),
    unzippedBytes,
  };
}

/** The packages that a bundle still imports, Node's own apart. */
export function externalIn(code: string): string[] {
  const imports = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?"([^"]+)"/g)].map(([, name = ""]) => name);
  return [...new Set(imports)].filter((name) => /^@(aws-sdk|smithy)\//.test(name)).sort();
}

/** The members of the interface in a function's `env.ts`; none where it has no such file. */
function variablesOf(file: string): string[] {
  if (!existsSync(file)) return [];
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  return source.statements
    .filter(ts.isInterfaceDeclaration)
    .flatMap(({ members }) => members.map((member) => member.name?.getText() ?? ""))
    .filter((name) => name !== "");
}
