import type { Arguments } from "../arguments";
import type { ProviderSchema, Type } from "./schema";

/** A value of a type of Terraform's, as AWS might give it to a resource's attribute; differs by address. */
export function fakeOf(type: Type, address: string, attribute: string): unknown {
  if (type === "number") return 1;
  if (type === "bool") return true;
  if (typeof type === "string") return fakeText(address, attribute);
  const [kind, of] = type;
  if (kind === "map") return { key: fakeOf(of, address, attribute) };
  if (kind === "object") {
    return Object.fromEntries(Object.entries(of).map(([name, each]) => [name, fakeOf(each, address, name)]));
  }
  return [fakeOf(of, address, attribute)];
}

/** A text that the provider's checks of such attributes take. */
function fakeText(address: string, attribute: string): string {
  const [type = "", id = ""] = address.split(".");
  const [, service = "service"] = type.split("_");
  if (/(^|_)arn$/.test(attribute)) return `arn:aws:${service}:eu-west-1:123456789012:${id}`;
  if (/(^|_)ur[il]$/.test(attribute)) return `https://${service}.eu-west-1.amazonaws.com/123456789012/${id}`;
  if (/cidr/.test(attribute)) return "10.0.0.0/16";
  return `${id}-${attribute.replaceAll("_", "-")}`;
}

/** `aws_subnet.a_1B2C.ids[0]` → its address and the way below. */
const REFERENCE = /^\$\{((?:data\.)?[a-z]\w*\.[\w-]+)((?:\.[\w-]+|\[[^\]]+\])+)\}$/;

/**
 * What an output of a stack may be once applied, by what stands there and the provider's schema.
 * @returns undefined where that does not tell: functions, other providers
 */
export function fakeOfValue(value: unknown, schema: ProviderSchema): unknown {
  if (Array.isArray(value)) return allKnown(value.map((each) => fakeOfValue(each, schema)));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([name, each]) => [name, fakeOfValue(each, schema)] as const);
    return allKnown(entries.map(([, each]) => each)) && Object.fromEntries(entries);
  }
  if (typeof value !== "string" || !value.includes("${")) return value;
  const [, address, way] = REFERENCE.exec(value) ?? [];
  if (address === undefined || way === undefined) return undefined;
  const steps = [...way.matchAll(/\.([\w-]+)|\["?([^"\]]+)"?\]/g)].map(
    ([, plain, index]) => plain ?? index ?? "",
  );
  const type = schema.typeOf(address, steps);
  return (
    type && fakeOf(type, address.replace(/^data\./, ""), steps.findLast((step) => !/^\d+$/.test(step)) ?? "")
  );
}

function allKnown(values: readonly unknown[]): readonly unknown[] | undefined {
  return values.includes(undefined) ? undefined : values;
}

/** What an output must be, by how it is used: `[0]` is a list's, `["key"]` and `.key` a map's, anything else a text's. */
export function fakeOfUse(output: string, uses: readonly string[]): unknown {
  const keys = uses.map((use) => /^(?:\.|\[")([\w-]+)/.exec(use)?.[1]).filter((key) => key !== undefined);
  const indexed = uses.some((use) => /^\[\d+/.test(use)) || keys.some((key) => /^\d+$/.test(key));
  if (indexed) return Array.from({ length: 1 + largest([...uses, ...keys]) }, () => output);
  return keys.length > 0 ? Object.fromEntries(keys.map((key) => [key, output])) : output;
}

const largest = (texts: readonly string[]) => Math.max(...texts.map((text) => Number(/\d+/.exec(text) ?? 0)));

/** A state file that holds outputs and nothing else. */
export function stateOf(outputs: Arguments): string {
  const entries = Object.entries(outputs).map(([name, value]) => [name, { value, type: typeOfValue(value) }]);
  return JSON.stringify({
    version: 4,
    terraform_version: "1.10.0",
    serial: 1,
    lineage: "stub",
    outputs: Object.fromEntries(entries),
    resources: [],
  });
}

function typeOfValue(value: unknown): unknown {
  if (typeof value === "boolean") return "bool";
  if (typeof value !== "object" || value === null) return typeof value;
  if (Array.isArray(value)) return ["tuple", value.map(typeOfValue)];
  const entries = Object.entries(value).map(([name, each]) => [name, typeOfValue(each)]);
  return ["object", Object.fromEntries(entries)];
}
