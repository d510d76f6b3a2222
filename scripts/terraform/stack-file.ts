import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The file in a stack's folder that holds it. */
export const STACK_FILE = "cdk.tf.json";

/** What a stack was synthesised to, read as its caller knows it. */
export function readStackFile<T>(folder: string): T {
  return JSON.parse(readFileSync(join(folder, STACK_FILE), "utf8")) as T;
}

/** Writes a stack, two blanks a level. */
export function writeStackFile(folder: string, json: object): void {
  writeFileSync(join(folder, STACK_FILE), JSON.stringify(json, null, 2));
}
