import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../scripts/support/process";
import {
  constructPaths,
  type Diagnostic,
  describeFault,
  faultsOf,
  faultsOfText,
  TerraformError,
} from "../../scripts/terraform/diagnostics";
import type { SynthesisedStack } from "../../scripts/terraform/manifest";
import type { Arguments } from "../arguments";
import { type Detached, detached, type GivenOutputs } from "./detached";
import { fakeOf } from "./fakes";
import { type ProviderSchema, providerSchema } from "./schema";
import { withTerraform } from "./work-folder";

export interface WiringProps {
  /** The stacks whose outputs it reads. @default - none: what is not given has the type of its use */
  readonly producers?: readonly SynthesisedStack[];
  /** Values of outputs of other stacks. @default - made up */
  readonly outputs?: GivenOutputs;
}

/** A line of `terraform test -json`, as far as we read it. */
interface Event {
  readonly diagnostic?: Diagnostic & {
    readonly snippet?: {
      readonly values?: readonly { readonly traversal: string; readonly statement: string }[];
    };
  };
  readonly test_summary?: { readonly passed: number; readonly failed: number; readonly errored: number };
}

/**
 * Applies a copy of a stack with a mocked provider (`terraform test`) and looks who is wired to whom. Nothing is called:
 * arguments are checked as always, and what AWS would give is made up, an ARN of its own for each resource.
 *
 * @param claims what must hold, by what it says: `{ "the queue is told": 'aws_sns_topic_subscription.a.endpoint == aws_sqs_queue.b.arn' }`
 * @returns the claims that do not hold, with the values compared, and whatever keeps the stack from being applied
 */
export function checkWiring(
  stack: SynthesisedStack,
  claims: Readonly<Record<string, string>>,
  { producers = [], outputs: given }: WiringProps = {},
): Promise<readonly string[]> {
  return withTerraform(undefined, async (folder, props) => {
    const copy = await detached(stack, producers, { folder, props, given });
    const schema = await providerSchema(copy.stack, props);
    writeFileSync(join(copy.stack.folder, "wiring.tftest.json"), testFile(copy, claims, schema));
    const { stdout, stderr } = await run(props.binary, ["test", "-json"], {
      cwd: copy.stack.folder,
      env: props.env,
    });
    const events = stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Event);
    const {
      passed = 0,
      failed = 0,
      errored = 0,
    } = events.findLast(({ test_summary }) => test_summary)?.test_summary ?? {};
    const faults = events.flatMap(({ diagnostic }) => faultOf(copy.stack, diagnostic));
    if (passed + failed + errored === 1 && (passed === 1) === (faults.length === 0)) return faults;
    throw new TerraformError(stack.id, "test", faultsOfText([...faults, stderr].join("\n")));
  });
}

function testFile(
  { json }: Detached,
  claims: Readonly<Record<string, string>>,
  schema: ProviderSchema,
): string {
  const override_resource = Object.entries<Arguments>(json.resource ?? {}).flatMap(([type, resources]) => {
    const arns = schema.computed(type).filter((name) => /(^|_)arn$/.test(name));
    return Object.entries<Arguments>(resources).map(([id, given]) => {
      const target = `${type}.${id}`;
      const made = arns.filter((name) => !(name in given));
      return {
        target,
        values: Object.fromEntries(made.map((name) => [name, fakeOf("string", target, name)])),
      };
    });
  });
  const providers = [json.provider?.aws ?? []].flat() as readonly Arguments[];
  return JSON.stringify({
    mock_provider: { aws: providers.map(({ alias }) => ({ ...(alias && { alias }), override_resource })) },
    run: {
      wiring: {
        command: "apply",
        assert: Object.entries(claims).map(([claim, condition]) => ({
          condition: `\${${condition}}`,
          error_message: claim,
        })),
      },
    },
  });
}

function faultOf({ folder }: SynthesisedStack, diagnostic: Event["diagnostic"]): readonly string[] {
  if (diagnostic?.severity !== "error") return [];
  if (diagnostic.summary !== "Test assertion failed") {
    return faultsOf([diagnostic], constructPaths(folder)).map(describeFault);
  }
  const values = (diagnostic.snippet?.values ?? []).map(
    ({ traversal, statement }) => `${traversal} ${statement}`,
  );
  return [`${diagnostic.detail}: ${values.join(", ")}`];
}
