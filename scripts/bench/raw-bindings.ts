import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Binding, bindingOf } from "./binding-shapes";
import { addressesIn, argumentsCode, camelCaseKeys, type Names, valueCode } from "./code";
import type { Block, StackOutput } from "./output";

/** Set, it leaves the stack traces of tokens on: the program of somebody who knows nothing of them. */
export const KEEP_TRACES = "BENCH_KEEP_TOKEN_TRACES";

/** What the engine adds by itself where one stack refers to another. */
const CROSS_STACK = { output: /^cross-stack-output-/, data: "terraform_remote_state" };
const BACKENDS: Readonly<Record<string, string>> = { local: "LocalBackend", s3: "S3Backend" };
const ENGINE = "App, AssetType, LocalBackend, S3Backend, TerraformAsset, TerraformOutput, TerraformStack";

/**
 * The program that somebody without this library writes for the same output: every stack and resource by the
 * bindings' own classes, references as properties, under ids that give the same addresses.
 * @param stacks each after those it depends on
 * @param tokenTraces the file of `silenceTokenTraces`, so that both programs run under the same conditions
 * @throws Error for anything in the output that it does not know how to write
 */
export function rawProgram(stacks: readonly StackOutput[], tokenTraces: string): string {
  const bindings = new Map<string, Binding>();
  const writers = new Map<string, StackWriter>();
  for (const stack of stacks) writers.set(stack.id, new StackWriter(stack, writers, bindings));
  const bodies = [...writers.values()].flatMap((writer) => writer.lines());
  return [
    '"use strict";',
    `const { ${ENGINE} } = require("cdktf");`,
    ...[...bindings.values()].map(({ className, path }) => `const { ${className} } = require("${path}");`),
    `if (process.env.${KEEP_TRACES} === undefined) require(${text(tokenTraces)}).silenceTokenTraces();`,
    "const app = new App();",
    ...bodies,
    "app.synth();",
    "",
  ].join("\n");
}

/** A resource or data source. */
interface Element {
  readonly address: string;
  readonly type: string;
  readonly id: string;
  readonly block: Block;
}

/** Writes one stack. Every variable's name opens with the stack's own. */
class StackWriter implements Names {
  private readonly variable: string;
  private readonly elements: ReadonlyMap<string, Element>;
  private readonly constructs: ReadonlyMap<string, string>;
  private readonly providers = new Map<string, string>();
  private readonly assets = new Map<string, { readonly name: string; readonly line: string }>();

  constructor(
    private readonly stack: StackOutput,
    private readonly others: ReadonlyMap<string, StackWriter>,
    private readonly bindings: Map<string, Binding>,
  ) {
    this.variable = `s${others.size}`;
    const elements = elementsOf(stack);
    this.elements = new Map(elements.map((element) => [element.address, element]));
    this.constructs = new Map(elements.map(({ address }, index) => [address, `${this.variable}_${index}`]));
  }

  construct(address: string): string | undefined {
    return this.constructs.get(address);
  }

  output(stack: string, output: string): string | undefined {
    const other = this.others.get(stack);
    const value = other?.stack.json.output?.[output]?.value;
    return other && value !== undefined ? valueCode(value, other) : undefined;
  }

  asset(path: string): string | undefined {
    const id = /^assets\/([\w-]+)\/\w+\/[^/]+$/.exec(path)?.[1];
    const file = join(this.stack.folder, path);
    if (id === undefined || !existsSync(file)) return undefined;
    const name = this.assets.get(path)?.name ?? `${this.variable}_asset${this.assets.size}`;
    const config = `{ path: ${text(file)}, type: AssetType.FILE }`;
    const line = `const ${name} = new TerraformAsset(${this.variable}, ${text(id)}, ${config});`;
    this.assets.set(path, { name, line });
    return `${name}.path`;
  }

  lines(): string[] {
    const { id, json } = this.stack;
    refuseUnknown(`${id}: section`, json, ["//", "terraform", "provider", "resource", "data", "output"]);
    refuseUnknown(`${id}: provider`, json.provider ?? {}, ["aws"]);
    const before = [
      `const ${this.variable} = new TerraformStack(app, ${text(id)});`,
      ...this.backend(),
      ...(json.provider?.aws ?? []).map((settings, index) => this.provider(settings, index)),
    ];
    const elements = inOrder(this.elements).flatMap((element) => this.element(element));
    const assets = [...this.assets.values()].map(({ line }) => line);
    return [...before, ...assets, ...elements, ...this.outputs()];
  }

  private backend(): string[] {
    return Object.entries(this.stack.json.terraform.backend).flatMap(([kind, settings]) => {
      const className = BACKENDS[kind];
      if (className === undefined) throw new Error(`${this.stack.id}: the bench knows no backend "${kind}"`);
      const { own, overrides } = withoutOverrides(settings, this.stack.json["//"]?.metadata?.overrides);
      const name = `${this.variable}_backend`;
      const config = valueCode(camelCaseKeys(own), this);
      return [
        `const ${name} = new ${className}(${this.variable}, ${config});`,
        ...overrideLines(name, overrides),
      ];
    });
  }

  private provider(settings: Block, index: number): string {
    const { className, shape } = this.binding("provider");
    const name = `${this.variable}_provider${index}`;
    this.providers.set(settings.alias === undefined ? "aws" : `aws.${settings.alias}`, name);
    const config = argumentsCode(settings, shape, this);
    return `const ${name} = new ${className}(${this.variable}, "provider-${index}", ${config});`;
  }

  private element({ address, type, id, block }: Element): string[] {
    const { "//": comment, depends_on, lifecycle, provider, ...rest } = block;
    const { own, overrides } = withoutOverrides(rest, comment?.metadata?.overrides);
    const meta: (readonly [string, string])[] = [];
    if (depends_on) meta.push(["dependsOn", `[${depends_on.map((each) => this.known(each)).join(", ")}]`]);
    if (lifecycle) meta.push(["lifecycle", valueCode(camelCaseKeys(lifecycle), this)]);
    if (provider) meta.push(["provider", this.providers.get(provider) ?? "undefined"]);
    const name = this.known(address);
    try {
      const { className, shape } = this.binding(type);
      const config = argumentsCode(own, shape, this, meta);
      return [
        `const ${name} = new ${className}(${this.variable}, ${text(id)}, ${config});`,
        ...overrideLines(name, overrides),
      ];
    } catch (error) {
      throw new Error(`${this.stack.id} ${address}: ${(error as Error).message}`, { cause: error });
    }
  }

  private outputs(): string[] {
    return Object.entries(this.stack.json.output ?? {})
      .filter(([id]) => !CROSS_STACK.output.test(id))
      .map(([id, { "//": _, ...config }]) => {
        refuseUnknown(`${this.stack.id} output ${id}`, config, ["value", "description", "sensitive"]);
        return `new TerraformOutput(${this.variable}, ${text(id)}, ${valueCode(config, this)});`;
      });
  }

  private binding(type: string): Binding {
    const binding = this.bindings.get(type) ?? bindingOf(type);
    this.bindings.set(type, binding);
    return binding;
  }

  private known(address: string): string {
    const name = this.construct(address);
    if (name === undefined) throw new Error(`${this.stack.id} has no ${address}`);
    return name;
  }
}

function elementsOf({ json }: StackOutput): Element[] {
  return (["resource", "data"] as const).flatMap((section) =>
    Object.entries(json[section] ?? {})
      .map(([type, blocks]) => [section === "data" ? `data.${type}` : type, blocks] as const)
      .filter(([type]) => type !== `data.${CROSS_STACK.data}`)
      .flatMap(([type, blocks]) =>
        Object.entries(blocks).map(([id, block]) => ({ address: `${type}.${id}`, type, id, block })),
      ),
  );
}

/** Each element after those it refers to. Terraform allows no circles. */
function inOrder(elements: ReadonlyMap<string, Element>): Element[] {
  const ordered = new Set<Element>();
  const visit = (address: string): void => {
    const element = elements.get(address);
    if (element === undefined || ordered.has(element)) return;
    for (const other of [...addressesIn(element.block), ...(element.block.depends_on ?? [])]) visit(other);
    ordered.add(element);
  };
  for (const address of elements.keys()) visit(address);
  return [...ordered];
}

/** Parts what the bindings cannot express and was written over their output. */
function withoutOverrides(block: Block, overrides: Readonly<Record<string, readonly string[]>> = {}) {
  const overridden = new Set(Object.values(overrides).flat());
  const part = (over: boolean) =>
    Object.fromEntries(Object.entries(block).filter(([name]) => overridden.has(name) === over));
  return { own: part(false), overrides: part(true) };
}

function overrideLines(variable: string, overrides: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(overrides).map(
    ([name, value]) => `${variable}.addOverride(${text(name)}, ${JSON.stringify(value)});`,
  );
}

function refuseUnknown(what: string, record: object, known: readonly string[]): void {
  const unknown = Object.keys(record).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${what}: the bench does not know ${unknown.join(", ")}`);
}

/** A string literal. */
function text(value: string): string {
  return JSON.stringify(value);
}
