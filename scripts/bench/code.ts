import type { Shape } from "./binding-shapes";

/** How the program calls what a value may stand for. Each answers with an expression, or nothing where it knows none. */
export interface Names {
  /** The construct at an address of this stack, such as `aws_sqs_queue.orders`. */
  construct(address: string): string | undefined;
  /** The value that another stack hands over. */
  output(stack: string, output: string): string | undefined;
  /** The path of a file that this stack carries along. */
  asset(path: string): string | undefined;
}

/** `${aws_sqs_queue.orders.arn}`; an escaped `$${` is text. */
const REFERENCE = /(?<!\$)\$\{((?:data\.)?[\w-]+\.[\w-]+)\.([\w-]+(?:\.[\w-]+)?)\}/g;
const REMOTE = /^data\.terraform_remote_state\.cross-stack-reference-input-(.+)$/;

/** The addresses that a value refers to, in this stack. */
export function addressesIn(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(REFERENCE)].map(([, address = ""]) => address);
}

/** `key_id` → `keyId`, as the bindings name attributes. */
function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A value with every key in camel case: for the engine's own arguments, which have no maps. */
export function camelCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCaseKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [camelCase(key), camelCaseKeys(inner)]),
  );
}

/** A value as an expression: references to constructs in place of their text, keys left as they are. */
export function valueCode(value: unknown, names: Names): string {
  if (typeof value === "string") return stringCode(value, names);
  if (Array.isArray(value)) return `[${value.map((each) => valueCode(each, names)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return objectCode(Object.entries(value).map(([key, inner]) => [key, valueCode(inner, names)]));
}

/**
 * The arguments of a resource or block as an expression, with the names of the bindings.
 * @throws Error for an argument that the bindings do not know
 */
export function argumentsCode(
  block: Readonly<Record<string, unknown>>,
  shape: Shape,
  names: Names,
  extra: readonly (readonly [string, string])[] = [],
): string {
  const own = Object.entries(block).map(([argument, value]) => {
    const property = shape.get(argument);
    if (property === undefined) throw new Error(`the bindings have no argument "${argument}"`);
    const { name, block: inner } = property;
    const one = (each: unknown) =>
      inner !== undefined && typeof each === "object" && each !== null
        ? argumentsCode(each as Record<string, unknown>, inner, names)
        : valueCode(each, names);
    return [name, Array.isArray(value) ? `[${value.map(one).join(", ")}]` : one(value)] as const;
  });
  return objectCode([...own, ...extra]);
}

function objectCode(entries: readonly (readonly [string, string])[]): string {
  return `{ ${entries.map(([key, code]) => `${JSON.stringify(key)}: ${code}`).join(", ")} }`;
}

/** A text as somebody would write it by hand: documents as objects, references as properties. */
function stringCode(text: string, names: Names): string {
  const asset = names.asset(text);
  if (asset !== undefined) return asset;
  const document = documentIn(text);
  if (document !== undefined) return `JSON.stringify(${valueCode(document, names)})`;
  const pieces = piecesOf(text, names);
  const [only, ...others] = pieces;
  if (only === undefined) return '""';
  if (others.length === 0) return "code" in only ? only.code : JSON.stringify(only.text);
  const inside = (piece: Piece) => ("code" in piece ? `\${${piece.code}}` : templateText(piece.text));
  return `\`${pieces.map(inside).join("")}\``;
}

function templateText(text: string): string {
  return text.replace(/[\\`]|\$(?=\{)/g, "\\$&");
}

/** What a JSON text says, provided that writing it again gives the same text. */
function documentIn(text: string): object | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    const document = JSON.parse(text) as object;
    return JSON.stringify(document) === text ? document : undefined;
  } catch {
    return undefined;
  }
}

type Piece = { readonly text: string } | { readonly code: string };

function piecesOf(text: string, names: Names): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, address = "", attribute = ""] = match;
    const code = referenceCode(address, attribute, names);
    // What stands for nothing we made, such as `${terraform.workspace.x}`, stays as it is.
    if (code === undefined) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index) });
    pieces.push({ code });
    done = match.index + whole.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

function referenceCode(address: string, attribute: string, names: Names): string | undefined {
  const stack = REMOTE.exec(address)?.[1];
  if (stack !== undefined) return names.output(stack, attribute.replace(/^outputs\./, ""));
  const construct = attribute.includes(".") ? undefined : names.construct(address);
  return construct && `${construct}.${camelCase(attribute)}`;
}
