import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { type Facts, provideFacts } from "../modules/core";

/** A resource's arguments as they stand in the stack's JSON: snake_case, references spelled out. */
// biome-ignore lint/suspicious/noExplicitAny: arguments differ by resource type and are compared, never computed with.
export type Arguments = Readonly<Record<string, any>>;

/** A class of the bindings. */
interface ResourceClass {
  readonly tfResourceType: string;
}

/** What a stack became. */
export class Synthesized {
  constructor(readonly json: Arguments) {}

  /** All resources of a type, by logical id. */
  resources({ tfResourceType }: ResourceClass): Readonly<Record<string, Arguments>> {
    return this.json.resource?.[tfResourceType] ?? {};
  }

  /** The resource of a type at a construct path below the stack, `Default` parts left out. */
  at(path: string, type: ResourceClass): Arguments {
    const all = Object.values(this.resources(type));
    const found = all.filter((each) => pathOf(each) === path);
    if (found.length === 1) return found[0] as Arguments;
    throw new Error(`no ${type.tfResourceType} at "${path}", only at: ${all.map(pathOf).join(", ")}`);
  }

  /** The only resource of a type. */
  one(type: ResourceClass): Arguments {
    const all = Object.values(this.resources(type));
    if (all.length === 1) return all[0] as Arguments;
    throw new Error(`${all.length} ${type.tfResourceType}, not one: ${all.map(pathOf).join(", ")}`);
  }

  /** Every address, sorted: what users' state depends on. */
  get addresses(): string[] {
    const types = Object.entries<Arguments>(this.json.resource ?? {});
    return types.flatMap(([type, resources]) => Object.keys(resources).map((id) => `${type}.${id}`)).sort();
  }
}

/** The statements of a policy in a resource's argument. */
export function statementsOf(policy: string): readonly Arguments[] {
  return [JSON.parse(policy).Statement].flat();
}

function pathOf(resource: Arguments): string {
  const [, ...ids] = (resource["//"].metadata.path as string).split("/");
  return ids.filter((id) => id !== "Default").join("/");
}

/** Facts of nowhere in particular, for tests. */
export const someFacts: Facts = {
  account: "123456789012",
  region: "eu-west-1",
  network: { cidr: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b"], nat: "none" },
  deletion: "allow",
  logRetentionDays: 30,
  functionArchitecture: "arm64",
  alarmTopic: { arn: "arn:aws:sns:eu-west-1:123456789012:alarms" },
};

/**
 * Synthesises one stack with a provider and facts, the whole way: aspects, preparation, validations.
 * @throws Error with the messages of every validation
 */
export function synthesize(build: (stack: TerraformStack) => void, facts: Partial<Facts> = {}): Synthesized {
  const all = synthesizeApp((app) => {
    const stack = new TerraformStack(app, "test");
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    provideFacts(stack, { ...someFacts, ...facts });
    build(stack);
  });
  return all.test as Synthesized;
}

/** Synthesises all stacks of an app, the whole way, by stack id. */
export function synthesizeApp(build: (app: App) => void): Readonly<Record<string, Synthesized>> {
  const outdir = mkdtempSync(join(tmpdir(), "synthesize-"));
  try {
    const app = new App({ outdir });
    build(app);
    app.synth();
    const { stacks } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8"));
    return Object.fromEntries(
      Object.values<{ name: string; synthesizedStackPath: string }>(stacks).map(
        ({ name, synthesizedStackPath }) => [
          name,
          new Synthesized(JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8"))),
        ],
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
