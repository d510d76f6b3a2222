import type { StackJson } from "../../../testing";
import { synthesize } from "../../../testing";
import type { Resource } from "../../../testing/edges/configuration";
import { consumers } from "../../fixtures/collectors/consumers";
import { callsOf, notThrough, through } from "./calls";
import { senderCases } from "./senders";
import { type Case, elsewhere, pathOf, type World } from "./world";

/** What feeds a function, by construct path. */
interface Fed {
  readonly handler: string;
  readonly queue?: string;
  readonly table?: string;
  readonly stream?: string;
  readonly topic?: string;
  /** That encrypts the queue, table or stream. */
  readonly key?: string;
  /** Where Lambda sets aside what the function failed. */
  readonly failures?: string;
  /** Where SNS sets aside what it could not hand over, with its key. */
  readonly undelivered?: string;
}

const QUEUES = "test/event-processing-queue-consumer";
const TOPICS = "test/event-processing-topic-consumer/example-0";
const STREAMS = "test/event-processing-stream-consumer";

const EXAMPLES: readonly Fed[] = [
  ...[
    ["example-0", "orders"],
    ["example-1", "payments"],
  ].map(([example, id]) => ({
    handler: `${QUEUES}/${example}/billing`,
    queue: `${QUEUES}/${example}/${id}`,
    key: `${QUEUES}/${example}/${id}/key`,
  })),
  ...[
    ["audit", "news"],
    ["billing", "warnings"],
  ].map(([handler, id]) => ({
    handler: `${TOPICS}/${handler}`,
    topic: `${TOPICS}/news`,
    failures: `${TOPICS}/${handler}/failures`,
    undelivered: `${TOPICS}/${id}/undelivered`,
  })),
  {
    handler: `${STREAMS}/example-0/audit`,
    table: `${STREAMS}/example-0/orders`,
    key: `${STREAMS}/example-0/orders/key`,
    failures: `${STREAMS}/example-0/new-orders/failures`,
  },
  {
    handler: `${STREAMS}/example-1/audit`,
    stream: `${STREAMS}/example-1/readings`,
    key: `${STREAMS}/example-1/readings-key`,
    failures: `${STREAMS}/example-1/readings-consumer/failures`,
  },
];

const COLLECTORS: readonly Fed[] = [
  { handler: "test/task-worker", queue: "test/tasks", key: "test/tasks/key" },
  { handler: "test/payment-worker", queue: "test/payments", key: "test/payments/key" },
  {
    handler: "test/reporter",
    topic: "test/news",
    failures: "test/reporter/failures",
    undelivered: "test/news/undelivered",
  },
  {
    handler: "test/siren",
    topic: "test/news",
    failures: "test/siren/failures",
    undelivered: "test/warnings/undelivered",
  },
  {
    handler: "test/change-reader",
    table: "test/orders",
    key: "test/data-key",
    failures: "test/changes/failures",
  },
  {
    handler: "test/reading-reader",
    stream: "test/readings",
    key: "test/data-key",
    failures: "test/measuring/failures",
  },
];

/** Every kind of consumer, and who sends to them. */
export const collectorStacks = (): readonly StackJson[] => [synthesize(consumers)];

/** What the policies of consumers must allow and refuse beside the cases of every function, queue, topic and key. */
export function consumerCases(world: World, owner: Resource): readonly Case[] {
  const collecting = world.find("test/notes", "aws_dynamodb_table") !== undefined;
  const all = collecting ? COLLECTORS : EXAMPLES;
  const path = pathOf(owner);
  return [
    ...all.filter(({ handler }) => path === `${handler}/role`).flatMap((fed) => fedCases(world, owner, fed)),
    ...all.filter(({ handler }) => path === handler).flatMap((fed) => invokedCases(world, owner, fed)),
    ...all
      .filter(({ undelivered }) => path === undelivered)
      .flatMap((fed) => undeliveredCases(world, owner, fed)),
    ...(collecting ? collectorCases(world, owner) : []),
  ];
}

const at = (world: World, type: string) => (path: string | undefined) =>
  path === undefined ? [] : [world.at(path, type)];

/** Of what feeds it a function's role may read exactly that, and what it failed it may send to exactly one place. */
function fedCases(world: World, role: Resource, fed: Fed): readonly Case[] {
  const queues = at(world, "aws_sqs_queue");
  return [
    ...queues(fed.queue).flatMap((queue) =>
      queueCases(role, queue, world.at(`${pathOf(queue)}/dead-letters`, queue.type)),
    ),
    ...at(world, "aws_dynamodb_table")(fed.table).flatMap((table) => tableCases(role, table)),
    ...at(world, "aws_kinesis_stream")(fed.stream).flatMap((stream) => streamCases(role, stream)),
    ...at(world, "aws_kms_key")(fed.key).flatMap((key) => keyCases(world, role, { ...fed, key })),
    ...queues(fed.failures).flatMap((failures) => failureCases(role, failures)),
  ];
}

function queueCases(role: Resource, queue: Resource, deadLetters: Resource): readonly Case[] {
  const poll = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
  return callsOf(role, "its queue", {
    may: [{ actions: poll, on: queue.arn }],
    mayNot: [
      { actions: ["sqs:SendMessage", "sqs:PurgeQueue", "sqs:SetQueueAttributes"], on: queue.arn },
      { actions: poll, on: deadLetters.arn },
      { actions: poll, on: elsewhere(queue.arn) },
    ],
  });
}

function tableCases(role: Resource, { arn }: Resource): readonly Case[] {
  const read = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
    (call) => `dynamodb:${call}`,
  );
  const stream = `${arn}/stream/2000-01-01T00:00:00.000`;
  return callsOf(role, "its table's stream", {
    may: [{ actions: read, on: stream }],
    mayNot: [
      { actions: ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:UpdateTable"], on: arn },
      { actions: ["dynamodb:UpdateTable"], on: stream },
      { actions: read, on: stream.replace("/stream", "-2/stream") },
      { actions: read, on: elsewhere(stream) },
    ],
  });
}

function streamCases(role: Resource, { arn }: Resource): readonly Case[] {
  const read = [
    "DescribeStream",
    "DescribeStreamSummary",
    "GetRecords",
    "GetShardIterator",
    "ListShards",
  ].map((call) => `kinesis:${call}`);
  return callsOf(role, "its stream", {
    may: [{ actions: read, on: arn }],
    mayNot: [
      { actions: ["kinesis:PutRecord", "kinesis:DeleteStream", "kinesis:SubscribeToShard"], on: arn },
      { actions: read, on: `${arn}-2` },
      { actions: read, on: elsewhere(arn) },
    ],
  });
}

/** A key through the service that holds what it encrypts, and not otherwise. */
function keyCases(
  world: World,
  role: Resource,
  { table, queue, key }: Omit<Fed, "key"> & { readonly key: Resource },
): readonly Case[] {
  const another = world.at("test/logs-key", "aws_kms_key");
  const own = queue !== undefined ? "sqs" : table === undefined ? "kinesis" : "dynamodb";
  const decrypt = ["kms:Decrypt"];
  return callsOf(role, "the key of what it reads", {
    may: [{ actions: decrypt, on: key.arn, context: through(own, key) }],
    mayNot: [
      {
        actions: ["kms:CreateGrant", "kms:Encrypt", "kms:ScheduleKeyDeletion"],
        on: key.arn,
        context: through(own, key),
      },
      { actions: decrypt, on: another.arn, context: through(own, key) },
      ...notThrough(own, key).map((context) => ({ actions: decrypt, on: key.arn, context })),
    ],
  });
}

function failureCases(role: Resource, { arn }: Resource): readonly Case[] {
  return callsOf(role, "what it failed", {
    may: [{ actions: ["sqs:SendMessage"], on: arn }],
    mayNot: [
      { actions: ["sqs:ReceiveMessage", "sqs:PurgeQueue"], on: arn },
      { actions: ["sqs:SendMessage"], on: `${arn}-2` },
      { actions: ["sqs:SendMessage"], on: elsewhere(arn) },
    ],
  });
}

/** The topic that a function is subscribed to may invoke it, and nobody else may. */
function invokedCases(world: World, { arn }: Resource, { topic }: Fed): readonly Case[] {
  return at(
    world,
    "aws_sns_topic",
  )(topic).flatMap((source) =>
    senderCases(arn, fromTopic(source), {
      may: ["lambda:InvokeFunction"],
      mayNot: ["lambda:GetFunction", "lambda:UpdateFunctionCode"],
    }),
  );
}

function undeliveredCases(world: World, { arn }: Resource, { topic }: Fed): readonly Case[] {
  return at(
    world,
    "aws_sns_topic",
  )(topic).flatMap((source) =>
    senderCases(arn, fromTopic(source), { may: ["sqs:SendMessage"], mayNot: ["sqs:ReceiveMessage"] }),
  );
}

function fromTopic({ arn }: Resource) {
  return { service: "sns.amazonaws.com", sourceArn: arn, others: [`${arn}-2`, elsewhere(arn)] };
}

/** What the fixtures do besides: collect in two tables, and send. */
function collectorCases(world: World, owner: Resource): readonly Case[] {
  const path = pathOf(owner);
  if (path === "test/sender/role") return sendingCases(world, owner);
  if (!COLLECTORS.some(({ handler }) => path === `${handler}/role`)) return [];
  const [notes, stumbles] = ["notes", "stumbles"].map((id) => world.at(`test/${id}`, "aws_dynamodb_table"));
  const key = world.at("test/data-key", "aws_kms_key");
  return callsOf(owner, "what it collected", {
    may: [
      { actions: ["dynamodb:UpdateItem"], on: (notes as Resource).arn },
      { actions: ["dynamodb:PutItem"], on: (stumbles as Resource).arn },
      { actions: ["kms:Decrypt"], on: key.arn, context: through("dynamodb", key) },
    ],
    mayNot: [
      { actions: ["dynamodb:PutItem", "dynamodb:Scan"], on: (notes as Resource).arn },
      { actions: ["dynamodb:UpdateItem", "dynamodb:Scan"], on: (stumbles as Resource).arn },
      ...notThrough("dynamodb", key).map((context) => ({ actions: ["kms:Decrypt"], on: key.arn, context })),
      { actions: ["kms:CreateGrant"], on: key.arn, context: through("dynamodb", key) },
      {
        actions: ["kms:Decrypt"],
        on: world.at("test/logs-key", "aws_kms_key").arn,
        context: through("dynamodb", key),
      },
    ],
  });
}

function sendingCases(world: World, role: Resource): readonly Case[] {
  const queues = ["tasks", "payments"].map((id) => world.at(`test/${id}`, "aws_sqs_queue"));
  const topic = world.at("test/news", "aws_sns_topic");
  const keys = Object.entries({ tasks: "sqs", payments: "sqs", news: "sns" }).map(([id, service]) => ({
    key: world.at(`test/${id}/key`, "aws_kms_key"),
    service,
  }));
  const encrypt = ["kms:Decrypt", "kms:GenerateDataKey"];
  return callsOf(role, "sending", {
    may: [
      ...queues.map(({ arn }) => ({ actions: ["sqs:SendMessage"], on: arn })),
      { actions: ["sns:Publish"], on: topic.arn },
      ...keys.map(({ key, service }) => ({
        actions: encrypt,
        on: key.arn,
        context: through(service, key),
      })),
    ],
    mayNot: [
      ...queues.map(({ arn }) => ({ actions: ["sqs:ReceiveMessage", "sqs:PurgeQueue"], on: arn })),
      ...queues.map(({ arn }) => ({ actions: ["sqs:SendMessage"], on: elsewhere(arn) })),
      { actions: ["sns:Subscribe", "sns:DeleteTopic"], on: topic.arn },
      ...keys.flatMap(({ key, service }) => [
        {
          actions: ["kms:CreateGrant", "kms:ScheduleKeyDeletion"],
          on: key.arn,
          context: through(service, key),
        },
        ...notThrough(service, key).map((context) => ({ actions: encrypt, on: key.arn, context })),
        {
          actions: encrypt,
          on: world.at("test/data-key", "aws_kms_key").arn,
          context: through(service, key),
        },
      ]),
    ],
  });
}
