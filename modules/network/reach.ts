import type { Statement } from "../core";
import { endpointsFor, gatewayServices, interfaceServices } from "./endpoint-services";
import type { Reach } from "./network-ref";
import type { Tier } from "./subnet-plan";

/**
 * What the statements' own code calls and cannot reach from a tier, one message a service. Calls that an AWS service
 * makes on the code's behalf (`caller: "service"`) do not leave through the network.
 */
export function unreachable(needs: Iterable<Statement>, reach: Reach, tier: Tier): readonly string[] {
  if (reach.nat && tier === "private") return [];
  const offered = new Set<string>([
    ...Object.keys(reach.gatewayEndpoints),
    ...(reach.interfaceEndpoints?.services ?? []),
  ]);
  return servicesCalled(needs)
    .filter((service) => !offered.has(service))
    .map(
      (service) =>
        `calls ${service}, which the ${tier} tier cannot reach: ${remedies(service, reach, tier).join(", or ")}`,
    );
}

function servicesCalled(needs: Iterable<Statement>): readonly string[] {
  const actions = [...needs]
    .filter(({ caller = "code" }) => caller === "code")
    .flatMap(({ actions }) => actions);
  return [...new Set(actions.flatMap(endpointsFor))].sort();
}

function remedies(service: string, { nat }: Reach, tier: Tier): readonly string[] {
  const byEndpoint = isOneOf(interfaceServices, service)
    ? [`add "${service}" to the network's interfaceEndpoints`]
    : isOneOf(gatewayServices, service)
      ? [`add a gateway endpoint for ${service} to the network and name it in gatewayEndpoints`]
      : [];
  const byNat = nat ? [] : [`set the environment's network.nat to "shared" or "per-zone"`];
  const byTier = tier === "private" ? [] : ["place it in the private tier"];
  return [...byEndpoint, [...byNat, ...byTier].join(" and ")];
}

function isOneOf(services: readonly string[], service: string): boolean {
  return services.includes(service);
}
