import { createHash } from "node:crypto";
import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { addressOf, resolveIn } from "../../core";

/** What a deployment takes a copy of: a change of any of these is not live before the next deployment. */
const DEPLOYED: ReadonlySet<string> = new Set([
  "aws_api_gateway_authorizer",
  "aws_api_gateway_gateway_response",
  "aws_api_gateway_integration",
  "aws_api_gateway_integration_response",
  "aws_api_gateway_method",
  "aws_api_gateway_method_response",
  "aws_api_gateway_model",
  "aws_api_gateway_request_validator",
  "aws_api_gateway_resource",
  "aws_api_gateway_rest_api_policy",
]);

/** Everything of an API that a deployment copies: below its construct, and whatever else in the stack names its id. */
export function deployedResources(api: ApiGatewayRestApi): readonly TerraformResource[] {
  const stack = TerraformStack.of(api);
  const id = resolveIn(stack, api.id);
  const home = api.node.scope;
  return stack.node.findAll().filter((node): node is TerraformResource => {
    if (!TerraformResource.isTerraformResource(node) || !DEPLOYED.has(node.terraformResourceType))
      return false;
    const { restApiIdInput } = node as TerraformResource & { readonly restApiIdInput?: string };
    return node.node.scopes.includes(home as IConstruct) || resolveIn(stack, restApiIdInput) === id;
  });
}

/**
 * What tells Terraform that an API must be deployed anew: a hash of what the stack says of everything deployed, and one,
 * taken by Terraform, of the attributes that it refers to. A hash of ids would miss a changed template, and a time would
 * deploy at each apply (terraform-provider-aws#162, "aws_api_gateway_deployment", redeployment triggers).
 */
export function deploymentTriggers(api: ApiGatewayRestApi): Readonly<Record<string, string>> {
  const stack = TerraformStack.of(api);
  const bodies = [api, ...deployedResources(api)].map((resource) => ({
    address: addressOf(resource),
    body: bodyOf(resource, stack),
  }));
  bodies.sort((a, b) => (a.address < b.address ? -1 : 1));
  const text = JSON.stringify(bodies);
  const references = [...new Set([...text.matchAll(REFERENCE)].map(([, reference]) => reference as string))];
  return {
    bodies: createHash("sha256").update(text).digest("hex"),
    references: `\${sha256(jsonencode([${references.sort().join(", ")}]))}`,
  };
}

/** An attribute of another resource, a data source or an output of another stack, alone in its braces. */
const REFERENCE = /\$\{((?:data\.)?[a-z]\w*\.[\w-]+(?:\.[\w-]+)+)\}/g;

/** What changes nothing of the API itself, or is Terraform's own. */
const ASIDE = ["//", "depends_on", "description", "lifecycle", "provider", "tags"];

function bodyOf(resource: TerraformResource, stack: TerraformStack): object {
  const written = resolveIn(stack, resource.toTerraform()) as {
    resource: Record<string, Record<string, Record<string, unknown>>>;
  };
  const body = written.resource[resource.terraformResourceType]?.[resource.friendlyUniqueId] ?? {};
  return Object.fromEntries(
    Object.entries(body)
      .filter(([name, value]) => !ASIDE.includes(name) && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
