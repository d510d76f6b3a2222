import type { Resource } from "../../../testing/edges/configuration";
import { type Sender, senderCases, TLS } from "./senders";
import { type Case, elsewhere, pathOf, type World } from "./world";

const EVENTS = "events.amazonaws.com";
const ABROAD = "us-east-1";

/** The path of the alert on API calls that a part of it belongs to; none for a part of anything else. */
function homeOf(world: World, part: Resource): string | undefined {
  const ids = pathOf(part).split("/");
  const above = ids.map((_, index) => ids.slice(0, ids.length - 1 - index).join("/"));
  return above.find(
    (path) =>
      world.find(`${path}/topic`, "aws_sns_topic") !== undefined &&
      rulesBelow(world, `${path}/rules`).length > 0,
  );
}

function rulesBelow(world: World, path: string): readonly Resource[] {
  return world.ofType("aws_cloudwatch_event_rule").filter((rule) => pathOf(rule).startsWith(`${path}/`));
}

/** EventBridge in the name of one rule, not of a neighbour's, another account's or another region's. */
function sender({ arn, region }: Resource): Sender {
  return {
    service: EVENTS,
    sourceArn: arn,
    others: [`${arn}-2`, elsewhere(arn), arn.replace(`:${region}:`, ":us-west-2:")],
  };
}

/** The topic of an alert: each of its rules publishes, and nobody else does. */
export function alertTopicCases(world: World, topic: Resource): readonly Case[] {
  const home = homeOf(world, topic);
  if (home === undefined || pathOf(topic) !== `${home}/topic`) return [];
  return rulesBelow(world, `${home}/rules`).flatMap((rule) =>
    senderCases(topic.arn, sender(rule), {
      may: ["sns:Publish"],
      mayNot: ["sns:Subscribe", "sns:DeleteTopic"],
    }),
  );
}

/** The dead-letter queues, here and in us-east-1: the rules of the same region set aside there. */
export function alertQueueCases(world: World, queue: Resource): readonly Case[] {
  const home = homeOf(world, queue);
  const rules = pathOf(queue).replace(/\/dead-letters$/, "");
  if (home === undefined || ![`${home}/rules`, `${home}/${ABROAD}/rules`].includes(rules)) return [];
  return rulesBelow(world, rules).flatMap((rule) =>
    senderCases(queue.arn, sender(rule), {
      may: ["sqs:SendMessage"],
      mayNot: ["sqs:ReceiveMessage", "sqs:DeleteQueue", "sqs:SetQueueAttributes"],
    }),
  );
}

const USE = ["kms:Decrypt", "kms:GenerateDataKey"];
const ADMINISTRATION = ["kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"];

/**
 * The key of an alert. For the queue EventBridge says which rule it works for; for the topic it says only which topic
 * (SNS developer guide, "Managing Amazon SNS encryption keys and costs").
 */
export function alertKeyCases(world: World, key: Resource): readonly Case[] {
  const home = homeOf(world, key);
  if (home === undefined || pathOf(key) !== `${home}/key`) return [];
  return [
    ...rulesBelow(world, `${home}/rules`).flatMap((rule) =>
      senderCases(key.arn, sender(rule), { may: USE, mayNot: ADMINISTRATION }),
    ),
    ...topicKeyCases(key, world.at(`${home}/topic`, "aws_sns_topic")),
  ];
}

/** The key of a topic to which rules publish. */
export function topicKeyCases(key: Resource, { arn }: Resource): readonly Case[] {
  const forTopic = (
    expected: Case["expected"],
    why: string,
    topic: string,
    { service = EVENTS, actions = USE } = {},
  ) =>
    actions.map(
      (action): Case => ({
        why,
        expected,
        principal: { service },
        action,
        resource: key.arn,
        context: { ...TLS, "kms:EncryptionContext:aws:sns:topicArn": topic },
      }),
    );
  return [
    ...forTopic("allowed", "EventBridge, publishing to the topic", arn),
    ...forTopic("refused", "EventBridge, publishing to another topic", `${arn}-2`),
    ...forTopic("refused", "EventBridge, publishing to another account's topic", elsewhere(arn)),
    ...forTopic("refused", "another service, publishing to the topic", arn, { service: "sns.amazonaws.com" }),
    ...forTopic("refused", "EventBridge doing more", arn, { actions: ADMINISTRATION }),
  ];
}
