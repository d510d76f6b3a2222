import { render as renderVelocity } from "velocityjs";
import { readPath } from "./json-path";
import { util } from "./util";

/** What API Gateway knows when it renders a template. */
export interface Message {
  /** The body as it came. */
  readonly body?: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly querystring?: Readonly<Record<string, string>>;
  readonly header?: Readonly<Record<string, string>>;
  readonly context?: Readonly<Record<string, unknown>>;
}

export interface Rendered {
  readonly text: string;
  /** The status that the template set, and the headers. */
  readonly override: { readonly status?: number; readonly header: Readonly<Record<string, string>> };
}

/**
 * Renders a mapping template as API Gateway does: Velocity by a maintained engine, `$input`, `$util` and `$context` by us
 * (developer guide, "Mapping template and access logging variable reference").
 */
export function renderTemplate(template: string, message: Message): Rendered {
  const override = { header: {} as Record<string, string> } as {
    status?: number;
    header: Record<string, string>;
  };
  const context = {
    ...message.context,
    responseOverride: override,
    requestOverride: { header: {}, path: {}, querystring: {} },
  };
  const text = renderVelocity(template, { input: inputOf(message), util, context }, undefined, {
    customMethodHandlers: JAVA_METHODS,
  });
  return { text, override };
}

function inputOf({ body = "", path = {}, querystring = {}, header = {} }: Message) {
  const all: Readonly<Record<string, Readonly<Record<string, string>>>> = { path, querystring, header };
  // A body is read when it is asked for: one that is no JSON fails then.
  const read = (jsonPath: string) => readPath(JSON.parse(body), jsonPath);
  return {
    body,
    /** Found or not, what comes out is JSON; a path that leads nowhere is an empty text. */
    json: (jsonPath: string) => JSON.stringify(orEmpty(read(jsonPath))),
    path: (jsonPath: string) => orEmpty(read(jsonPath)),
    params: (name?: string) =>
      name === undefined ? all : (path[name] ?? querystring[name] ?? header[name] ?? ""),
  };
}

const orEmpty = (found: unknown) => (found === undefined ? "" : found);

type Handlers = NonNullable<NonNullable<Parameters<typeof renderVelocity>[3]>["customMethodHandlers"]>;

/** Methods that values have in Java, and not in JavaScript. */
const JAVA_METHODS: Handlers = [
  {
    uid: "String.contains",
    match: ({ property, context }) => property === "contains" && typeof context === "string",
    resolve: ({ context, params: [part] }) => context.includes(part),
  },
  {
    uid: "String.replaceAll",
    match: ({ property, context }) => property === "replaceAll" && typeof context === "string",
    // Java's takes a regular expression.
    resolve: ({ context, params: [expression, by] }) => context.replace(new RegExp(expression, "g"), by),
  },
  {
    uid: "Collection.count",
    match: ({ property, context }) => property === "count" && typeof context === "object" && context !== null,
    resolve: ({ context }) => Object.keys(context).length,
  },
];
