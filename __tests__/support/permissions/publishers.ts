import type { Construct } from "constructs";
import { NodeFunction, type NoVariables } from "../../../modules/compute";
import { EventBus, FanOut } from "../../../modules/event-processing";
import { projectRoot } from "../../../scripts/support/paths";
import type { Resource } from "../../../testing/edges/configuration";
import { callsOf, notThrough, through } from "./calls";
import { type Case, pathOf, type World } from "./world";

const PARTNER = "444455556666";
const ORGANIZATION = "o-a1b2c3d4e5";
const ONLY = { sources: ["shop", "stock"], detailTypes: ["paid"] };

/** What the stacks do not use: publishers of the own account, of another one, and of an organisation. */
export function placePublishers(scope: Construct): void {
  const orders = new FanOut(scope, "orders", { subscribers: { billing: {} } });
  orders.allowPublishFromAccount(PARTNER);
  orders.allowPublishFromOrganization(ORGANIZATION);
  for (const [id, only] of [
    ["events", {}],
    ["some-events", ONLY],
  ] as const) {
    const bus = new EventBus(scope, id);
    bus.allowPutEventsFromAccount(PARTNER, only);
    bus.allowPutEventsFromOrganization(ORGANIZATION, only);
  }
  const publisher = new NodeFunction<NoVariables>(scope, "publisher", {
    source: { entry: `${projectRoot}/functions/billing/handler.ts` },
    environment: {},
  });
  orders.grantPublish(publisher);
}

/** What those statements must allow and refuse beside the cases of every fan-out and function. */
export function publisherCases(world: World, owner: Resource): readonly Case[] {
  const topic = world.at("test/orders", "aws_sns_topic");
  const key = world.at("test/orders/key", "aws_kms_key");
  const encrypt = ["kms:Decrypt", "kms:GenerateDataKey"];
  if (pathOf(owner) === "test/publisher/role") {
    return callsOf(owner, "publishing", {
      may: [
        { actions: ["sns:Publish"], on: topic.arn },
        { actions: encrypt, on: key.arn, context: through("sns", key) },
      ],
      mayNot: [
        { actions: ["sns:Subscribe", "sns:DeleteTopic"], on: topic.arn },
        {
          actions: ["kms:CreateGrant", "kms:ScheduleKeyDeletion"],
          on: key.arn,
          context: through("sns", key),
        },
        ...notThrough("sns", key).map((context) => ({ actions: encrypt, on: key.arn, context })),
        {
          actions: encrypt,
          on: world.at("test/logs-key", "aws_kms_key").arn,
          context: through("sns", key),
        },
      ],
    });
  }
  if (owner.type === "aws_cloudwatch_event_bus") return busSenderCases(owner);
  if (owner === topic) {
    return [
      ...fromOutside(topic, ["sns:Publish"], {}),
      ...fromOutside(topic, ["sns:Subscribe"], {}, "refused"),
    ];
  }
  if (owner === key) {
    return [
      ...fromOutside(key, encrypt, through("sns", key)),
      ...notThrough("sns", key).flatMap((context) => fromOutside(key, encrypt, context, "refused")),
      ...fromOutside(key, ["kms:CreateGrant", "kms:Encrypt"], through("sns", key), "refused"),
    ];
  }
  return [];
}

const EXAMPLES_PARTNER = "210987654321";

/** What each bus takes of others: one all their events, the other those of some sources and one type. */
function busSenderCases(bus: Resource): readonly Case[] {
  const put = ["events:PutEvents"];
  const event = (sources: readonly string[], type: string) => ({
    "events:source": sources,
    "events:detail-type": type,
  });
  const others = [event(["shop", "bank"], "paid"), event(["bank"], "paid"), event(["shop"], "sent")];
  const unnamed = { "events:detail-type": "paid" };
  const restricted = pathOf(bus) === "test/some-events";
  return [
    ...[event(["shop"], "paid"), event(["shop", "stock"], "paid")].flatMap((each) =>
      fromOutside(bus, put, each),
    ),
    ...[...others, unnamed].flatMap((each) =>
      fromOutside(bus, put, each, restricted ? "refused" : "allowed"),
    ),
    ...fromOutside(bus, ["events:PutRule", "events:DeleteEventBus"], event(["shop"], "paid"), "refused"),
  ];
}

/** What the bus of the example of `EventBus` takes of the partner whom it names: one source, and no other beside it. */
export function exampleBusCases(owner: Resource): readonly Case[] {
  if (!pathOf(owner).endsWith("event-bus/example-0/shop")) return [];
  const from = (
    account: string,
    events: NonNullable<Case["context"]>,
    more: Pick<Case, "why" | "expected">,
  ): Case => ({
    ...more,
    administrator: true,
    principal: { arn: `arn:aws:iam::${account}:role/administrator` },
    action: "events:PutEvents",
    resource: owner.arn,
    context: { ...events, "aws:SecureTransport": "true" },
  });
  const parcels = { "events:source": ["partner.parcels"] };
  const others: readonly NonNullable<Case["context"]>[] = [
    { "events:source": ["shop"] },
    { "events:source": ["partner.parcels", "shop"] },
    {},
  ];
  return [
    from(EXAMPLES_PARTNER, parcels, { why: "the partner's parcels", expected: "allowed" }),
    ...others.map((each) =>
      from(EXAMPLES_PARTNER, each, { why: "what else the partner sends", expected: "refused" }),
    ),
    from("777788889999", parcels, { why: "parcels of somebody else", expected: "refused" }),
    {
      ...from(EXAMPLES_PARTNER, parcels, { why: "more than events", expected: "refused" }),
      action: "events:PutRule",
    },
  ];
}

/** Administrators of the partner's account and of a member of the organisation; strangers never. */
function fromOutside(
  resource: Resource,
  actions: readonly string[],
  context: NonNullable<Case["context"]>,
  expected: Case["expected"] = "allowed",
): readonly Case[] {
  const who = (account: string) => ({ arn: `arn:aws:iam::${account}:role/administrator` });
  const call = (more: Pick<Case, "why" | "principal" | "expected" | "context">) =>
    actions.map((action): Case => ({ administrator: true, action, resource: resource.arn, ...more }));
  const common = { ...context, "aws:SecureTransport": "true" };
  const member = { ...common, "aws:PrincipalOrgID": ORGANIZATION };
  const stranger = { ...common, "aws:PrincipalOrgID": "o-somebodyelse" };
  return [
    ...call({ why: "the partner's account", principal: who(PARTNER), expected, context: common }),
    ...call({
      why: "a member of the organisation",
      principal: who("777788889999"),
      expected,
      context: member,
    }),
    ...call({
      why: "another organisation",
      principal: who("777788889999"),
      expected: "refused",
      context: stranger,
    }),
    ...call({ why: "no organisation", principal: who("777788889999"), expected: "refused", context: common }),
  ];
}
