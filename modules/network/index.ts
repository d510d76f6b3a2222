export type { GatewayEndpointService, InterfaceEndpointService } from "./endpoint-services";
export type { ExistingNetworkProps } from "./existing-network";
export { Network, type NetworkProps } from "./network";
export type { NetworkRef, Reach } from "./network-ref";
export { Placement, type PlacementProps } from "./placement";
export type { Tier } from "./subnet-plan";
