import { TerraformElement, TerraformProvider, TerraformResource, type TerraformStack } from "cdktf";
import { addressOf } from "./tokens";

/**
 * Faults that cdktf 0.21 lets through in silence and that cost a resource or an apply. Checked at each synthesis.
 * @returns one message a fault, with the construct's path and the remedy
 */
export function engineFaults(stack: TerraformStack): string[] {
  const elements = stack.node.findAll().filter(TerraformElement.isTerraformElement);
  return [
    ...sharedAddresses(elements),
    ...ignoredOverrides(elements),
    ...providersWithoutAlias(elements),
    ...camelCaseBlocks(elements),
  ];
}

/** `a.b` and `ab` become one address, and one of the two resources vanishes. */
function sharedAddresses(elements: readonly TerraformElement[]): string[] {
  const paths = new Map<string, string>();
  const faults: string[] = [];
  for (const element of elements) {
    if (!TerraformResource.isTerraformResource(element)) continue;
    const address = addressOf(element);
    const first = paths.get(address);
    if (first === undefined) paths.set(address, element.node.path);
    else {
      faults.push(
        `resource "${element.node.path}": has the address ${address} of "${first}", and one of them would vanish: ` +
          "choose ids that differ in letters, digits, _ or -",
      );
    }
  }
  return faults;
}

/** `overrideLogicalId` after an attribute was read changes nothing that is written. */
function ignoredOverrides(elements: readonly TerraformElement[]): string[] {
  return elements
    .map((element) => ({ element, wanted: overrideOf(element) }))
    .filter(({ element, wanted }) => wanted !== undefined && wanted !== element.friendlyUniqueId)
    .map(
      ({ element, wanted }) =>
        `resource "${element.node.path}": overrideLogicalId("${wanted}") came after an attribute was read and is ` +
        "ignored: call it right after the construct is made",
    );
}

function overrideOf(element: TerraformElement): string | undefined {
  return (element as unknown as { readonly _logicalIdOverride?: string })._logicalIdOverride;
}

/** Two providers of one kind without alias synthesise and fail at plan (terraform-cdk#1349). */
function providersWithoutAlias(elements: readonly TerraformElement[]): string[] {
  const plain = elements
    .filter(TerraformProvider.isTerraformProvider)
    .filter(({ alias }) => alias === undefined);
  return plain
    .filter(
      (provider, index) =>
        plain.findIndex((p) => p.terraformResourceType === provider.terraformResourceType) < index,
    )
    .map(
      (provider) =>
        `provider "${provider.node.path}": a second ${provider.terraformResourceType} provider without alias: ` +
        "give it an alias and hand it to the resources that need it",
    );
}

/** Arguments that the bindings type as `any` and copy as they are; Terraform knows snake_case only. */
const UNTYPED_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  aws_wafv2_web_acl: ["rule"],
  aws_wafv2_rule_group: ["rule"],
  aws_quicksight_analysis: ["definition"],
  aws_quicksight_dashboard: ["definition"],
  aws_quicksight_template: ["definition"],
};

function camelCaseBlocks(elements: readonly TerraformElement[]): string[] {
  return elements.filter(TerraformResource.isTerraformResource).flatMap((resource) => {
    const untyped = UNTYPED_ARGUMENTS[resource.terraformResourceType];
    if (untyped === undefined) return [];
    const written = resource.toTerraform() as {
      resource: Record<string, Record<string, Record<string, unknown>>>;
    };
    const body = written.resource[resource.terraformResourceType]?.[resource.friendlyUniqueId] ?? {};
    const keys = new Set(untyped.flatMap((argument) => camelCaseKeys(body[argument])));
    return [...keys].map(
      (key) =>
        `resource "${resource.node.path}": "${key}" is copied as it is, and Terraform knows snake_case only: ` +
        `write "${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`,
    );
  });
}

function camelCaseKeys(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(camelCaseKeys);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(/[a-z][A-Z]/.test(key) ? [key] : []),
    ...camelCaseKeys(inner),
  ]);
}
