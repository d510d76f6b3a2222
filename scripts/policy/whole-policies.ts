import type { Arguments } from "../../testing";
import { resourcesOf } from "./stack-copy";

/** A plan as far as it is read here. */
interface Plan {
  readonly planned_values: { readonly root_module: { readonly resources: readonly PlannedResource[] } };
}

interface PlannedResource {
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** In the place of every ARN and name that AWS has not given yet. */
const MADE_UP = "arn:aws:service:eu-west-1:123456789012:made-up";

/**
 * A plan with every policy in it. Terraform knows nothing of a text that names a resource which is not there yet, and
 * leaves the whole policy out: without this the scanner would judge no policy at all. The text is the synthesised one, a
 * made-up ARN in the place of each reference; a wildcard stays a wildcard.
 *
 * @param plan of `terraform show -json`
 * @param json the synthesised stack
 */
export function withWholePolicies(plan: string, json: Arguments): string {
  const document = JSON.parse(plan) as Plan;
  const synthesised = resourcesOf(json);
  const { root_module } = document.planned_values;
  const resources = root_module.resources.map((resource) => ({
    ...resource,
    values: { ...policiesOf(synthesised.get(resource.address) ?? {}), ...resource.values },
  }));
  return JSON.stringify({
    ...document,
    planned_values: { ...document.planned_values, root_module: { ...root_module, resources } },
  });
}

function policiesOf(resource: Arguments): Arguments {
  return Object.fromEntries(
    Object.entries(resource)
      .filter(([, value]) => typeof value === "string" && value.startsWith('{"Version":'))
      .map(([name, value]) => [name, withoutReferences(value)]),
  );
}

/** A variable of AWS's own, which Terraform has as `$${aws:username}`, stays one. */
function withoutReferences(text: string): string {
  return text.replace(/(?<!\$)\$\{[^}]+\}/g, MADE_UP).replaceAll("$${", "${");
}
