import type { Resource } from "../../../testing/edges/configuration";
import { alertKeyCases, alertQueueCases, alertTopicCases } from "./alerts";
import { anythingElse } from "./calls";
import { stateMachineRoleCases } from "./event-targets";
import { eventKeyCases, eventLogCases, eventQueueCases, eventRoleCases } from "./events";
import { apiCases, ingestRoleCases } from "./ingest";
import { notificationCases } from "./notifications";
import { bucketCases, busCases, keyCases, queueCases, topicCases } from "./resources";
import { flowLogRoleCases, functionRoleCases } from "./roles";
import { trailBucketCases, trailKeyCases } from "./trails";
import { type Case, pathOf, type World } from "./world";

/** What the policies of an owner must allow and refuse. */
export type CasesOf = (world: World, owner: Resource) => readonly Case[];

/** The kinds of roles. Each knows its own, and has nothing for any other. */
const ROLES: readonly ((world: World, role: Resource) => readonly Case[] | undefined)[] = [
  eventRoleCases,
  flowLogRoleCases,
  functionRoleCases,
  ingestRoleCases,
  stateMachineRoleCases,
];

/** Who may come to a resource of each type. Several may come to one and the same, so all of them are asked. */
const RESOURCES: Readonly<Record<string, readonly CasesOf[]>> = {
  aws_api_gateway_rest_api: [(_world, api) => apiCases(api)],
  aws_cloudwatch_event_bus: [(_world, bus) => busCases(bus)],
  aws_cloudwatch_log_group: [eventLogCases],
  aws_kms_key: [keyCases, trailKeyCases, eventKeyCases, alertKeyCases, notificationCases],
  aws_lambda_function: [notificationCases],
  aws_s3_bucket: [bucketCases, trailBucketCases],
  aws_sns_topic: [topicCases, alertTopicCases, notificationCases],
  aws_sqs_queue: [queueCases, eventQueueCases, alertQueueCases, notificationCases],
};

/**
 * The cases of every pattern that an owner of a policy takes part in.
 * @throws Error for a role of no kind, or of two, and for a resource of a type that nobody knows
 */
export function casesOf(world: World, owner: Resource): readonly Case[] {
  if (owner.type === "aws_iam_role") return roleCases(world, owner);
  const kinds = RESOURCES[owner.type];
  if (kinds === undefined) throw new Error(`nobody says who may come to a ${owner.type}: ${pathOf(owner)}`);
  return kinds.flatMap((cases) => cases(world, owner));
}

/** Requests that do not come to what they must. */
export function brokenCases(world: World): readonly Case[] {
  return ownersOf(world)
    .flatMap((owner) => casesOf(world, owner))
    .filter((one) => !world.holds(one));
}

/** Whoever has a policy. */
export function ownersOf(world: World): readonly Resource[] {
  return [...new Set(world.policies.map(({ owner }) => owner))];
}

/** A role is for one thing; two kinds that claim it would each call wrong what the other needs. */
function roleCases(world: World, role: Resource): readonly Case[] {
  const claims = ROLES.flatMap((kind) => {
    const cases = kind(world, role);
    return cases === undefined ? [] : [cases];
  });
  const [claim] = claims;
  if (claim === undefined || claims.length > 1)
    throw new Error(`the role at ${pathOf(role)} must be of one kind, and is of ${claims.length}`);
  return [...claim, ...anythingElse(role)];
}
