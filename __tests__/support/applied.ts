import type { Attributes } from "../../scripts/terraform/state";

/**
 * An attribute of what was applied.
 * @param address such as `aws_kms_key.orders_key`, without the hash that ends it
 * @throws Error where nothing has that address
 */
export function attributeAt(state: ReadonlyMap<string, Attributes>, address: string, name: string): string {
  const [found] = [...state].filter(([each]) => each === address || each.startsWith(`${address}_`));
  if (found === undefined) throw new Error(`nothing applied is called ${address}…`);
  return found[1][name] as string;
}
