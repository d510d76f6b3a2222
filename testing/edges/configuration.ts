import type { Arguments } from "../arguments";
import { attributesOf } from "./attributes";
import { type Part, partsOf, type Reference, referenceOf } from "./expressions";
import { policyDocument } from "./policy-documents";

/** A stack as it stands in JSON; {@link Synthesized} is one. */
export interface StackJson {
  readonly json: Arguments;
}

/** A value of Terraform's configuration: text with expressions, or anything else that JSON holds. */
export type Value = unknown;

/** One resource of one of the stacks. */
export interface Resource {
  readonly stack: string;
  readonly type: string;
  /** `type.id` in its stack. */
  readonly address: string;
  /** Construct path where cdktf wrote one, else the address. */
  readonly path: string;
  readonly region: string;
  /** Of its region: `aws`, `aws-us-gov` or `aws-cn`. */
  readonly partition: string;
  readonly account: string;
  readonly arguments: Readonly<Record<string, Value>>;
  readonly arn: string;
}

const UNKNOWN_ACCOUNT = "123456789012";
const UNKNOWN_REGION = "us-east-1";

interface Stack {
  readonly name: string;
  readonly json: StackJson["json"];
  readonly account: string;
  readonly resources: Map<string, Resource>;
}

/**
 * Stacks that are looked at together: values are read across them. What Terraform learns only at apply is given a value
 * of the right form; what cannot be followed reads `unresolved(…)`.
 */
export class Configuration {
  readonly resources: readonly Resource[];
  private readonly stacks: readonly Stack[];
  private readonly attributes = new Map<Resource, Readonly<Record<string, string>>>();
  private readonly byType = new Map<string, Resource[]>();
  /** Values of expressions, by stack and expression: the same ones stand in many places. */
  private readonly values = new Map<string, string>();
  private readonly byText = new Map<string, Resource[]>();
  /** Where an expression could not be followed: the expression and the stack it stands in. */
  readonly unfollowed = new Map<string, string>();

  constructor(stacks: readonly StackJson[]) {
    this.stacks = stacks.map(({ json }, index) => ({
      name: json["//"]?.metadata?.stackName ?? `stack-${index}`,
      json,
      account: accountOf(json),
      resources: new Map(),
    }));
    for (const stack of this.stacks) this.readResources(stack);
    this.resources = this.stacks.flatMap(({ resources }) => [...resources.values()]);
    for (const resource of this.resources) {
      this.byType.set(resource.type, [...this.ofType(resource.type), resource]);
    }
    for (const resource of this.resources) {
      for (const text of new Set(Object.values(this.attributesOf(resource)))) {
        this.byText.set(text, [...(this.byText.get(text) ?? []), resource]);
      }
    }
  }

  /** All resources of a type. */
  ofType(type: string): readonly Resource[] {
    return this.byType.get(type) ?? [];
  }

  /** A value of a resource as text: references followed, attributes spelled out. Nothing for what is no text. */
  text(resource: Resource, value: Value): string | undefined {
    return typeof value === "string" ? this.textIn(this.stackOf(resource), value) : undefined;
  }

  /** The resource of a type that a text names by ARN, id, name or URL. */
  find(text: string | undefined, type: string): Resource | undefined {
    return text === undefined ? undefined : this.byText.get(text)?.find((resource) => resource.type === type);
  }

  /** Every resource that a value refers to, across stacks, and what it names by a whole ARN or URL. */
  namedIn(resource: Resource, value: Value): readonly Resource[] {
    if (typeof value !== "string") return [];
    const referred = this.referredIn(this.stackOf(resource), value);
    const text = this.text(resource, value);
    const literal = /^(arn:|https:)/.test(text ?? "") ? (this.byText.get(text as string) ?? []) : [];
    return [...new Set([...referred, ...literal])];
  }

  private stackOf({ stack }: Resource): Stack {
    return this.stacks.find(({ name }) => name === stack) as Stack;
  }

  private readResources(stack: Stack): void {
    for (const [type, all] of Object.entries<StackJson["json"]>(stack.json.resource ?? {})) {
      for (const [id, args] of Object.entries<StackJson["json"]>(all)) {
        const address = `${type}.${id}`;
        const self = this;
        const region = regionOf(stack.json, args.provider);
        const resource: Resource = {
          stack: stack.name,
          type,
          address,
          path: args["//"]?.metadata?.path ?? address,
          region,
          partition: partitionOf(region),
          account: stack.account,
          arguments: args,
          get arn() {
            return self.attributesOf(this).arn as string;
          },
        };
        stack.resources.set(address, resource);
      }
    }
  }

  private attributesOf(resource: Resource): Readonly<Record<string, string>> {
    const known = this.attributes.get(resource);
    if (known !== undefined) return known;
    const { region, partition, account, type } = resource;
    const made = attributesOf(type, {
      region,
      account,
      unique: `${resource.stack}-${resource.address.split(".")[1]}`,
      argument: (name) => this.text(resource, resource.arguments[name]),
      arn: (service, rest, scope = "regional") => {
        const place = { regional: `${region}:${account}`, global: `:${account}`, nowhere: ":" }[scope];
        return `arn:${partition}:${service}:${place}:${rest}`;
      },
    });
    this.attributes.set(resource, made);
    return made;
  }

  private textIn(stack: Stack, template: string): string {
    if (!template.includes("${")) return template;
    return partsOf(template)
      .map((part) => ("text" in part ? part.text : this.evaluate(stack, part.expression)))
      .join("");
  }

  private evaluate(stack: Stack, expression: string): string {
    const key = `${stack.name} ${expression}`;
    const known = this.values.get(key);
    if (known !== undefined) return known;
    const reference = referenceOf(expression);
    const value = reference && this.follow(stack, reference);
    if (value === undefined) this.unfollowed.set(expression, stack.name);
    const text = value ?? `unresolved(${expression})`;
    this.values.set(key, text);
    return text;
  }

  private follow(stack: Stack, reference: Reference): string | undefined {
    const { data, type, id, attributes } = reference;
    const [attribute = ""] = attributes;
    if (data) {
      if (type === "terraform_remote_state") {
        const output = this.outputOf(stack, reference);
        return output && this.textIn(output.stack, output.value);
      }
      if (type === "aws_caller_identity" && ["account_id", "id"].includes(attribute)) return stack.account;
      const region = regionOf(stack.json, stack.json.data?.[type]?.[id]?.provider);
      if (type === "aws_partition" && ["partition", "id"].includes(attribute)) return partitionOf(region);
      if (type === "aws_region") return region;
      if (type !== "aws_iam_policy_document" || attribute !== "json") return undefined;
      const document = stack.json.data?.[type]?.[id];
      return document && policyDocument(document, (text) => this.textIn(stack, text));
    }
    const resource = stack.resources.get(`${type}.${id}`);
    if (resource === undefined || attributes.length > 1) return undefined;
    const known = this.attributesOf(resource)[attribute];
    return known ?? this.text(resource, resource.arguments[attribute]) ?? `${resource.address}.${attribute}`;
  }

  /** The output that a remote state leads to: by cdktf's own name of it, or by the same backend. */
  private outputOf(
    stack: Stack,
    { id, attributes: [outputs, name = ""] }: Reference,
  ): { readonly stack: Stack; readonly value: string } | undefined {
    if (outputs !== "outputs") return undefined;
    const state = stack.json.data?.terraform_remote_state?.[id];
    const producer =
      this.stacks.find((each) => id === `cross-stack-reference-input-${each.name}`) ??
      this.stacks.find((each) => each !== stack && sameState(state, each.json.terraform?.backend));
    const value = producer?.json.output?.[name]?.value;
    return producer !== undefined && typeof value === "string" ? { stack: producer, value } : undefined;
  }

  private referredIn(stack: Stack, template: string): readonly Resource[] {
    return partsOf(template).flatMap((part: Part) => {
      const reference = "expression" in part ? referenceOf(part.expression) : undefined;
      if (reference === undefined) return [];
      if (reference.data) {
        const output =
          reference.type === "terraform_remote_state" ? this.outputOf(stack, reference) : undefined;
        return output === undefined ? [] : this.referredIn(output.stack, output.value);
      }
      const resource = stack.resources.get(`${reference.type}.${reference.id}`);
      return resource === undefined ? [] : [resource];
    });
  }
}

function sameState(state?: Arguments, backend?: Arguments): boolean {
  const theirs = backend?.[state?.backend];
  const keys = ["bucket", "key", "path"].filter((key) => state?.config?.[key] !== undefined);
  return theirs !== undefined && keys.length > 0 && keys.every((key) => theirs[key] === state?.config[key]);
}

/** The account that the provider guards, or the one that most ARNs of the stack name. */
function accountOf(json: StackJson["json"]): string {
  const providers: StackJson["json"][] = [json.provider?.aws ?? []].flat();
  const [guarded] = providers.flatMap(({ allowed_account_ids: ids = [] }) => ids as string[]);
  if (guarded !== undefined && /^\d{12}$/.test(guarded)) return guarded;
  const counts = new Map<string, number>();
  for (const [, account = ""] of JSON.stringify(json).matchAll(/arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):/g)) {
    counts.set(account, (counts.get(account) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? UNKNOWN_ACCOUNT;
}

/** The region of the provider that a resource names (`aws.us-east-1`), or of the default one. */
function regionOf(json: StackJson["json"], provider: Value): string {
  const providers: StackJson["json"][] = [json.provider?.aws ?? []].flat();
  const alias = typeof provider === "string" ? provider.split(".")[1] : undefined;
  const region = providers.find((each) => each.alias === alias)?.region;
  return typeof region === "string" && !region.includes("${") ? region : UNKNOWN_REGION;
}

/**
 * The partition of a region by its name. Of any region of AWS, unlike that of the modules, which know only the regions
 * that they are made for: the stacks of any project are read here.
 */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
