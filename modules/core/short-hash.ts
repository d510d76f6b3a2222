import { createHash } from "node:crypto";

/** Characters of a short hash: one in four thousand million, for what is told apart by name too. */
export const SHORT_HASH_LENGTH = 8;

/** Ends a name or an id that does not spell in full what it stands for: eight hexadecimal digits, the same on every machine. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, SHORT_HASH_LENGTH);
}
