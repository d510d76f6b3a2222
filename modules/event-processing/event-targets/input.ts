import { Token } from "cdktf";
import type { Checks } from "../../core";

/** What a target gets in place of the event: a part of it, a text put together from parts, or always the same. */
export type TargetInput =
  | {
      /** The part that is handed over, such as `$.detail`. */
      readonly path: string;
    }
  | {
      /** Names for parts of the event: `{ key: "$.detail.object.key" }`. A hundred at most. */
      readonly paths?: Readonly<Record<string, string>>;
      /**
       * JSON, or lines each in double quotes, in which `<key>` stands for a part by its name, and `<aws.events.rule-arn>` and
       * its like for what EventBridge knows itself. 8,192 characters at most.
       */
      readonly template: string;
    }
  | {
      /** Anything that JSON can hold. */
      readonly constant: unknown;
    };

/** EventBridge API reference, InputTransformer. */
const MOST_PATHS = 100;
const MOST_TEMPLATE_CHARACTERS = 8192;
/** Same, of one path; and Target, of `Input` and `InputPath`. */
const MOST_PATH_CHARACTERS = 256;
const MOST_INPUT_CHARACTERS = 8192;
/** EventBridge user guide, "Amazon EventBridge input transformation", "Predefined variables". */
const PREDEFINED = [
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event.ingestion-time",
  "aws.events.event",
  "aws.events.event.json",
];
const PATH = /^\$(\.[\w-]+|\[(\d+|\*)\]|\['[^']+'\])*$/;
const PLACEHOLDER = /<([^<>\s]+)>/g;

/** Records what AWS would refuse of an input, or put into no message; each name with its `prefix`. */
export function checkInput(checks: Checks, prefix: string, input: TargetInput | undefined): void {
  if (input === undefined) return;
  const kinds = ["path", "template", "constant"].filter((kind) => kind in input);
  checks.that(
    kinds.length === 1,
    `${prefix} must have one of path, template, constant, got ${kinds.join(" and ") || "none"}`,
  );
  if ("path" in input) checkPath(checks, `${prefix}.path`, input.path);
  if ("template" in input) checkTransformer(checks, prefix, input);
  if ("constant" in input) {
    const { length } = JSON.stringify(input.constant) ?? "";
    checks.that(
      length > 0 && length <= MOST_INPUT_CHARACTERS,
      `${prefix}.constant must be JSON of 1 to ${MOST_INPUT_CHARACTERS} characters, got ${length}`,
    );
  }
}

/** Records what is no path to a part of an event, or too long a one. */
export function checkPath(checks: Checks, name: string, path: string): void {
  checks.matches(name, path, PATH, "a path from the top of the event, such as $.detail.key");
  checks.that(
    Token.isUnresolved(path) || path.length <= MOST_PATH_CHARACTERS,
    `${name} has ${path.length} characters, and AWS takes ${MOST_PATH_CHARACTERS}`,
  );
}

function checkTransformer(
  checks: Checks,
  prefix: string,
  { paths = {}, template }: Extract<TargetInput, { template: string }>,
): void {
  const names = Object.keys(paths);
  checks.that(
    names.length <= MOST_PATHS,
    `${prefix}.paths has ${names.length} names, and AWS takes ${MOST_PATHS}: hand over a larger part of the event`,
  );
  for (const [name, path] of Object.entries(paths)) {
    checks.matches(
      `${prefix}.paths name`,
      name,
      /^(?!aws)[\w-]{1,256}$/i,
      "letters, digits, _ or -, and not begin with AWS",
    );
    checkPath(checks, `${prefix}.paths.${name}`, path);
  }
  if (Token.isUnresolved(template)) return;
  checks.that(
    template.length > 0 && template.length <= MOST_TEMPLATE_CHARACTERS,
    `${prefix}.template must have 1 to ${MOST_TEMPLATE_CHARACTERS} characters, got ${template.length}`,
  );
  checkPlaceholders(checks, prefix, names, template);
  checks.that(
    isTemplate(template),
    `${prefix}.template must be JSON, or lines each in double quotes, once each <name> is a value, got ${JSON.stringify(template)}`,
  );
}

function checkPlaceholders(checks: Checks, prefix: string, names: readonly string[], template: string): void {
  const used = [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
  const unknown = [...new Set(used)].filter((name) => !names.includes(name) && !PREDEFINED.includes(name));
  checks.that(
    unknown.length === 0,
    `${prefix}.template uses ${unknown.map((name) => `<${name}>`).join(", ")}, which paths does not name: ` +
      `name it there, or use one of ${PREDEFINED.map((name) => `<${name}>`).join(", ")}`,
  );
  const unused = names.filter((name) => !used.includes(name));
  checks.that(
    unused.length === 0,
    `${prefix}.paths names ${unused.join(", ")}, which the template does not use: use <${unused[0]}> or remove it`,
  );
}

/** A template with a value, 0, in the place of each placeholder. */
const filledIn = (template: string) => template.replaceAll(PLACEHOLDER, "0");

/** AWS reads a template as JSON, a placeholder in the place of a value being one; or line by line. */
function isTemplate(template: string): boolean {
  const filled = filledIn(template);
  return isJson(filled) || filled.split("\n").every(isJson);
}

/** Whether a template is JSON with these fields and no other, each a text or one part of the event. */
export function hasFields(template: string, fields: readonly string[]): boolean {
  const filled = filledIn(template);
  if (!isJson(filled)) return false;
  const read: unknown = JSON.parse(filled);
  if (typeof read !== "object" || read === null) return false;
  const values = Object.values(read).every((value) => value === 0 || typeof value === "string");
  return values && Object.keys(read).sort().join() === [...fields].sort().join();
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The arguments of a target that say its input. */
export function inputArguments(input: TargetInput | undefined) {
  if (input === undefined) return {};
  if ("path" in input) return { inputPath: input.path };
  if ("constant" in input) return { input: JSON.stringify(input.constant) };
  return {
    inputTransformer: { inputPaths: input.paths && { ...input.paths }, inputTemplate: input.template },
  };
}
