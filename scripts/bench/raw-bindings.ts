import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Binding, bindingOf } from "./binding-shapes";
import { addressesIn, argumentsCode, camelCaseKeys, type Names, objectCode, valueCode } from "./code";
import type { StackOutput } from "./output";

/** Set, it leaves the stack traces of tokens on, as a program has them whose author knows nothing of them. */
export const KEEP_TRACES = "BENCH_KEEP_TOKEN_TRACES";

/** What the engine adds by itself where one stack refers to another. */
const CROSS_STACK = { output: /^cross-stack-output-/, data: /^cross-stack-reference-input-/ };
const BACKENDS: Readonly<Record<string, string>> = { local: "LocalBackend", s3: "S3Backend" };

/**
 * The program that somebody without this library would have written for the same output: every stack and resource
 * by the bindings' own classes, references as properties, under ids that give the same addresses.
 * @param stacks each after those it depends on
 * @param tokenTraces the file of `silenceTokenTraces`, so that both programs run under the same conditions
 */
export function rawProgram(stacks: readonly StackOutput[], tokenTraces: string): string {
  const bindings = new Map<string, Binding>();
  const writers = new Map<string, StackWriter>();
  for (const stack of stacks) writers.set(stack.id, new StackWriter(stack, writers, bindings));
  const bodies = [...writers.values()].flatMap((writer) => writer.lines());
  return [
    '"use strict";',
    'const { App, AssetType, LocalBackend, S3Backend, TerraformAsset, TerraformOutput, TerraformStack } = require("cdktf");',
    ...[...bindings.values()].map(({ className, path }) => `const { ${className} } = require("${path}");`),
    `if (process.env.${KEEP_TRACES} === undefined) require(${JSON.stringify(tokenTraces)}).silenceTokenTraces();`,
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
  readonly block: Readonly<Record<string, unknown>>;
}

class StackWriter implements Names {
  private readonly variable: string;
  private readonly elements: ReadonlyMap<string, Element>;
  private readonly constructs = new Map<string, string>();
  private readonly providers = new Map<string, string>();
  private readonly assets = new Map<string, string>();
  private readonly assetLines: string[] = [];

  constructor(
    private readonly stack: StackOutput,
    private readonly others: ReadonlyMap<string, StackWriter>,
    private readonly bindings: Map<string, Binding>,
  ) {
    this.variable = `s${others.size}`;
    this.elements = new Map(elementsOf(stack).map((element) => [element.address, element]));
    for (const address of this.elements.keys()) {
      this.constructs.set(address, `${this.variable}_${this.constructs.size}`);
    }
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
    const [, id] = /^assets\/([\w-]+)\/\w+\/[^/]+$/.exec(path) ?? [];
    if (id === undefined) return undefined;
    const file = join(this.stack.folder, path);
    if (!this.assets.has(path) && existsSync(file)) {
      const name = `${this.variable}_asset${this.assets.size}`;
      this.assets.set(path, name);
      const config = `{ path: ${JSON.stringify(file)}, type: AssetType.FILE }`;
      this.assetLines.push(`const ${name} = new TerraformAsset(${this.variable}, "${id}", ${config});`);
    }
    const name = this.assets.get(path);
    return name && `${name}.path`;
  }

  lines(): string[] {
    const { id, json } = this.stack;
    refuseUnknown(id, "section", json, ["//", "terraform", "provider", "resource", "data", "output"]);
    const before = [
      `const ${this.variable} = new TerraformStack(app, ${JSON.stringify(id)});`,
      ...this.backendLines(),
      ...(json.provider?.aws ?? []).map((settings, index) => this.providerLine(settings, index)),
    ];
    const elements = this.inOrder().map((element) => this.elementLine(element));
    return [...before, ...this.assetLines, ...elements, ...this.outputLines()];
  }

  private backendLines(): string[] {
    const { terraform, "//": comment } = this.stack.json as StackOutput["json"] & { "//"?: Comment };
    const overridden = comment?.metadata?.overrides?.backend ?? [];
    return Object.entries(terraform.backend).map(([kind, settings]) => {
      const className = BACKENDS[kind];
      if (className === undefined) throw new Error(`${this.stack.id}: the bench knows no backend "${kind}"`);
      const [own, overrides] = divide(settings, (name) => !overridden.includes(name));
      const config = valueCode(camelCaseKeys(own), this);
      return `new ${className}(${this.variable}, ${config})${overrideCalls(overrides)};`;
    });
  }

  private providerLine(settings: Readonly<Record<string, unknown>>, index: number): string {
    const { className, shape } = this.binding("provider");
    const name = `${this.variable}_provider${index}`;
    this.providers.set(settings.alias === undefined ? "aws" : `aws.${settings.alias}`, name);
    return `const ${name} = new ${className}(${this.variable}, "provider-${index}", ${argumentsCode(settings, shape, this)});`;
  }

  private elementLine({ address, type, id, block }: Element): string {
    const { className, shape } = this.binding(type);
    const { "//": comment, depends_on, lifecycle, provider, ...rest } = block as ElementBlock;
    const overridden = Object.values(comment?.metadata?.overrides ?? {}).flat();
    const [own, overrides] = divide(rest, (name) => !overridden.includes(name));
    const meta: (readonly [string, string])[] = [];
    if (depends_on) meta.push(["dependsOn", `[${depends_on.map((each) => this.required(each)).join(", ")}]`]);
    if (lifecycle) meta.push(["lifecycle", valueCode(camelCaseKeys(lifecycle), this)]);
    if (provider) meta.push(["provider", this.providers.get(provider) ?? "undefined"]);
    try {
      const config = argumentsCode(own, shape, this, meta);
      const made = `new ${className}(${this.variable}, ${JSON.stringify(id)}, ${config})`;
      return `const ${this.required(address)} = ${made};${overrideLines(this.required(address), overrides)}`;
    } catch (error) {
      throw new Error(`${this.stack.id} ${address}: ${(error as Error).message}`);
    }
  }

  private outputLines(): string[] {
    return Object.entries(this.stack.json.output ?? {})
      .filter(([id]) => !CROSS_STACK.output.test(id))
      .map(([id, { "//": _, ...config }]) => {
        refuseUnknown(this.stack.id, `argument of output ${id}`, config, ["value", "description", "sensitive"]);
        return `new TerraformOutput(${this.variable}, ${JSON.stringify(id)}, ${valueCode(config, this)});`;
      });
  }
}
