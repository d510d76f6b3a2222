import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KinesisStream } from "@cdktf/provider-aws/lib/kinesis-stream";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { type TerraformStack, Token } from "cdktf";
import * as fc from "fast-check";
import type { Handler } from "../../modules/compute";
import { Checks, ServiceRole } from "../../modules/core";
import {
  deliveryStreamTarget,
  functionTarget,
  queueTarget,
  type ScheduleTarget,
  stateMachineTarget,
  streamTarget,
  topicTarget,
} from "../../modules/event-processing/event-targets";
import {
  at,
  checkWhen,
  cron,
  every,
  Schedule,
  type ScheduleProps,
  type When,
} from "../../modules/event-processing/schedule";
import { type Synthesized, statementsOf, synthesize } from "../../testing";
import { viaService } from "../support/via-service";

const QUEUE = { arn: "arn:aws:sqs:eu-west-1:123456789012:inbox", url: "https://sqs" };

/** A schedule "nightly" that sends to a queue. */
const schedule = (props: Partial<ScheduleProps> = {}): Synthesized =>
  synthesize((stack) => {
    new Schedule(stack, "nightly", { when: every(1, "day"), to: queueTarget(QUEUE), ...props });
  });
const calling = (make: (stack: TerraformStack) => ScheduleTarget): Synthesized =>
  synthesize((stack) => {
    new Schedule(stack, "nightly", { when: every(1, "day"), to: make(stack) });
  });
const made = (props: Partial<ScheduleProps> = {}) => schedule(props).one(SchedulerSchedule);

const handler = (stack: TerraformStack): Handler => {
  const role = new ServiceRole(stack, "handler", { service: "lambda.amazonaws.com" });
  const lambda = new LambdaFunction(stack, "lambda", { functionName: "f", role: role.role.arn });
  return {
    lambda,
    timeoutSeconds: 20,
    permissions: role.policy,
    allowed: [],
    allow: (sid, s) => role.allow(sid, s),
  };
};

describe("a time", () => {
  const faults = (when: When) => {
    const checks = new Checks("schedule", "test");
    checkWhen(checks, "when", when);
    return checks.messages();
  };

  it.each([
    [every(1, "minute"), "rate(1 minute)"],
    [every(1, "minutes"), "rate(1 minute)"],
    [every(5, "minutes"), "rate(5 minutes)"],
    [every(5, "minute"), "rate(5 minutes)"],
    [every(12, "hours"), "rate(12 hours)"],
    [every(1, "days"), "rate(1 day)"],
    [at("2030-01-31T08:00:00"), "at(2030-01-31T08:00:00)"],
    [cron("0 8 ? * MON-FRI *"), "cron(0 8 ? * MON-FRI *)"],
  ])("is written as EventBridge wants it: %j", (when, expression) => {
    expect(when.expression).toBe(expression);
    expect(faults(when)).toEqual([]);
  });

  it.each([
    "0 10 * * ? *",
    "15 12 * * ? *",
    "0 18 ? * MON-FRI *",
    "0 8 1 * ? *",
    "0/15 * * * ? *",
    "0/10 * ? * MON-FRI *",
    "0 0 L * ? *",
    "0 0 LW * ? *",
    "0 0 3W * ? *",
    "0 0 ? * 6L *",
    "0 0 ? * TUE#2 *",
    "0,30 0 ? JAN-MAR 1,7 2030/2",
  ])("may be cron(%s)", (fields) => {
    expect(faults(cron(fields))).toEqual([]);
  });

  it.each([
    [
      "every no minute",
      every(0, "minutes"),
      "must be every whole number of minutes, hours or days, got every 0",
    ],
    ["every half hour", every(0.5, "hours"), "got every 0.5"],
    ["five fields", cron("0 8 * * *"), "must have six fields"],
    ["two spaces", cron("0  8 * * ? *"), "must have six fields"],
    [
      "both days",
      cron("0 8 1 * MON *"),
      'one of day of the month and day of the week must be "?", got "1" and "MON"',
    ],
    ["neither day", cron("0 8 ? * ? *"), 'must be "?"'],
    ["minute 60", cron("60 8 * * ? *"), '"60" is no minute (0 to 59)'],
    ["hour 24", cron("0 24 * * ? *"), '"24" is no hour (0 to 23)'],
    ["day 32", cron("0 8 32 * ? *"), '"32" is no day of the month'],
    ["month 13", cron("0 8 1 13 ? *"), '"13" is no month'],
    ["weekday 8", cron("0 8 ? * 8 *"), '"8" is no day of the week'],
    ["a weekday in small letters", cron("0 8 ? * mon *"), '"mon" is no day of the week'],
    ["the sixth Monday", cron("0 8 ? * MON#6 *"), '"MON#6" is no day of the week'],
    ["a year of the past", cron("0 8 * * ? 1969"), '"1969" is no year (1970 to 2199)'],
    ["a step of nothing", cron("0/0 8 * * ? *"), '"0/0" is no minute'],
    ["two steps", cron("0/5/5 8 * * ? *"), '"0/5/5" is no minute'],
    ["three ends", cron("0-5-9 8 * * ? *"), '"0-5-9" is no minute'],
    ["an empty member", cron("0, 8 * * ? *"), '"0," is no minute'],
    ["a day that there is not", at("2030-02-30T08:00:00"), "must be a time that there is, without zone"],
    ["a time with a zone", at("2030-01-31T08:00:00Z"), "the zone is the schedule's timeZone"],
    ["a day alone", at("2030-01-31"), "must be a time that there is"],
  ])("rejects %s", (_, when, message) => {
    expect(faults(when)).toEqual([expect.stringContaining(message)]);
  });

  it("may be any number of units, in the number that English and AWS want", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom("minute", "hour", "day"),
        (count, unit) => {
          const when = every(count, unit as "minute");
          expect(when.expression.endsWith("s)")).toBe(count !== 1);
          expect(faults(when)).toEqual([]);
        },
      ),
    );
  });

  it("lets a token through", () => {
    expect(faults(cron(Token.asString({ resolve: () => "x" })))).toEqual([]);
  });
});

describe("a schedule", () => {
  it("calls at the time it is told, and names itself after its path", () => {
    expect(made({ when: cron("0 8 ? * MON-FRI *") })).toMatchObject({
      name: "test_nightly",
      schedule_expression: "cron(0 8 ? * MON-FRI *)",
      schedule_expression_timezone: "UTC",
      state: "ENABLED",
      flexible_time_window: { mode: "OFF" },
    });
  });

  it("goes by another zone's clocks, from a day on, up to a day, within a window, or not at all", () => {
    const span = { start: "2030-01-01T00:00:00Z", end: "2031-01-01T00:00:00Z" };
    expect(
      made({ timeZone: "Europe/Berlin", flexibleWindowMinutes: 15, state: "disabled", ...span }),
    ).toMatchObject({
      schedule_expression_timezone: "Europe/Berlin",
      flexible_time_window: { mode: "FLEXIBLE", maximum_window_in_minutes: 15 },
      state: "DISABLED",
      start_date: span.start,
      end_date: span.end,
    });
  });

  it("hands over what it is told, and nothing of its own otherwise", () => {
    expect(made({ input: { go: true } }).target.input).toBe('{"go":true}');
    expect(made({ input: null }).target.input).toBe("null");
    expect(made().target).not.toHaveProperty("input");
  });

  it("tries a day long, 185 times, or as it is told", () => {
    expect(made().target.retry_policy).toEqual({
      maximum_retry_attempts: 185,
      maximum_event_age_in_seconds: 86_400,
    });
    expect(made({ maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 }).target.retry_policy).toEqual({
      maximum_retry_attempts: 0,
      maximum_event_age_in_seconds: 60,
    });
  });

  it("stands alone in a group, whose schedules alone can take its role", () => {
    const result = schedule();
    expect(result.one(SchedulerSchedule).group_name).toBe(
      "${aws_scheduler_schedule_group.nightly_group_E97C988E.name}",
    );
    expect(JSON.parse(result.one(IamRole).assume_role_policy).Statement).toEqual({
      Effect: "Allow",
      Principal: { Service: "scheduler.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        ArnEquals: { "aws:SourceArn": "${aws_scheduler_schedule_group.nightly_group_E97C988E.arn}" },
      },
    });
    expect(result.one(SchedulerScheduleGroup).name).toBe("test_nightly");
  });

  it("sets aside in its role what it could not call, and calls somebody", () => {
    const result = schedule();
    expect(result.one(SchedulerSchedule).target.dead_letter_config).toEqual({
      arn: expect.stringMatching(/^\$\{aws_sqs_queue\.nightly_dead-letters_\w+\.arn\}$/),
    });
    expect(statementsOf(result.one(IamRolePolicy).policy)).toContainEqual({
      Sid: "SetAside",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: expect.stringMatching(/^\$\{aws_sqs_queue\.nightly_dead-letters_\w+\.arn\}$/),
    });
    expect(result.one(SqsQueue).sqs_managed_sse_enabled).toBe(true);
    expect(result.one(CloudwatchMetricAlarm).metric_name).toBe("ApproximateNumberOfMessagesVisible");
  });

  it("is made when its role may call", () => {
    expect(made().depends_on).toEqual([expect.stringMatching(/^aws_iam_role_policy\.nightly_role_policy_/)]);
  });
});

describe("what a schedule calls", () => {
  const allowed = (result: Synthesized) =>
    statementsOf(result.at("nightly/role/policy", IamRolePolicy).policy).filter(
      ({ Sid }) => Sid !== "SetAside",
    );
  const key = (stack: TerraformStack) => new KmsKey(stack, "k").arn;
  const through = (service: string) => ({ StringEquals: viaService(service) });

  it.each<[string, (stack: TerraformStack) => ScheduleTarget, readonly object[]]>([
    [
      "a function",
      (stack) => functionTarget(handler(stack)),
      [{ Action: "lambda:InvokeFunction", Resource: "${aws_lambda_function.lambda.arn}" }],
    ],
    ["a queue", () => queueTarget(QUEUE), [{ Action: "sqs:SendMessage", Resource: QUEUE.arn }]],
    [
      "a queue with a key",
      (stack) => queueTarget(new SqsQueue(stack, "q", { kmsMasterKeyId: key(stack) })),
      [
        {
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: "${aws_kms_key.k.arn}",
          Condition: through("sqs"),
        },
        { Action: "sqs:SendMessage" },
      ],
    ],
    [
      "a queue with a key made elsewhere",
      (stack) =>
        queueTarget(new SqsQueue(stack, "q", { kmsMasterKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1" })),
      [
        { Resource: "arn:aws:kms:eu-west-1:123456789012:key/1", Condition: through("sqs") },
        { Action: "sqs:SendMessage" },
      ],
    ],
    [
      "a queue with AWS's own key",
      (stack) => queueTarget(new SqsQueue(stack, "q", { kmsMasterKeyId: "alias/aws/sqs" })),
      [{ Action: "sqs:SendMessage" }],
    ],
    [
      "a topic with a key",
      (stack) => topicTarget(new SnsTopic(stack, "t", { kmsMasterKeyId: key(stack) })),
      [
        {
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: "${aws_kms_key.k.arn}",
          Condition: through("sns"),
        },
        { Action: "sns:Publish", Resource: "${aws_sns_topic.t.arn}" },
      ],
    ],
    [
      "a state machine",
      () => stateMachineTarget({ arn: "arn:aws:states:eu-west-1:123456789012:stateMachine:m" }),
      [{ Action: "states:StartExecution", Resource: "arn:aws:states:eu-west-1:123456789012:stateMachine:m" }],
    ],
    [
      "a stream with a key",
      (stack) => streamTarget(new KinesisStream(stack, "s", { name: "s", kmsKeyId: key(stack) })),
      [
        {
          Action: "kms:GenerateDataKey",
          Resource: "${aws_kms_key.k.arn}",
          Condition: through("kinesis"),
        },
        { Action: "kinesis:PutRecord", Resource: "${aws_kinesis_stream.s.arn}" },
      ],
    ],
    [
      "a delivery stream",
      () => deliveryStreamTarget({ arn: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d" }),
      [
        {
          Action: "firehose:PutRecord",
          Resource: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/d",
        },
      ],
    ],
  ])("may be %s, for which its role may do this", (_, make, expected) => {
    expect(allowed(calling(make))).toEqual(expected.map((each) => expect.objectContaining(each)));
  });

  it("needs no permission of its own, and a function sets aside what it failed", () => {
    const result = calling((stack) => functionTarget(handler(stack)));
    expect(result.resources(LambdaPermission)).toEqual({});
    expect(Object.keys(result.resources(LambdaFunctionEventInvokeConfig))).toHaveLength(1);
  });

  it("is told the group or the shard where it wants one", () => {
    const fifo = calling((stack) =>
      queueTarget(new SqsQueue(stack, "q", { fifoQueue: true, contentBasedDeduplication: true }), {
        messageGroupId: "a",
      }),
    );
    expect(fifo.one(SchedulerSchedule).target.sqs_parameters).toEqual({ message_group_id: "a" });
    const arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/s";
    const keyed = (partitionKey?: string) =>
      calling(() => streamTarget({ arn }, { partitionKey })).one(SchedulerSchedule).target.kinesis_parameters;
    expect(keyed()).toEqual({ partition_key: "schedule" });
    expect(keyed("nightly")).toEqual({ partition_key: "nightly" });
  });

  it.each<[string, (stack: TerraformStack) => ScheduleTarget, string]>([
    [
      "a FIFO topic",
      (stack) => topicTarget(new SnsTopic(stack, "t", { fifoTopic: true })),
      "to is a FIFO topic",
    ],
    [
      "a queue whose key is named by its id",
      (stack) => queueTarget(new SqsQueue(stack, "q", { kmsMasterKeyId: "1234" })),
      'to is encrypted with the key "1234", and a role is allowed keys by their ARN',
    ],
    [
      "a shard by a path",
      () =>
        streamTarget(
          { arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/s" },
          { partitionKeyPath: "$.id" },
        ),
      "to.partitionKeyPath is for rules",
    ],
    [
      "a shard by nothing",
      () => streamTarget({ arn: "arn:aws:kinesis:eu-west-1:123456789012:stream/s" }, { partitionKey: "" }),
      "to.partitionKey must be 1 to 256 characters",
    ],
    ["what is no state machine", () => stateMachineTarget(QUEUE), "to must be a state machine by its ARN"],
    [
      "what is no delivery stream",
      () => deliveryStreamTarget(QUEUE),
      "to must be a Firehose delivery stream",
    ],
  ])("rejects %s", (_, make, message) => {
    expect(() => calling(make)).toThrow(message);
  });
});

describe("a schedule's props", () => {
  it.each<[string, Partial<ScheduleProps>, string]>([
    ["a time that is none", { when: cron("0 8 * * *") }, "when must have six fields"],
    [
      "a zone that there is not",
      { timeZone: "Europe/Atlantis" },
      "timeZone must be the IANA name of a time zone",
    ],
    ["an offset as zone", { timeZone: "+01:00" }, "timeZone must be the IANA name"],
    ["a start without time", { start: "2030-01-01" }, "start must be an instant in UTC"],
    [
      "a start on a day that there is not",
      { start: "2030-02-31T08:00:00Z" },
      "start must be an instant in UTC",
    ],
    ["an end in another zone", { end: "2030-01-01T00:00:00+01:00" }, "end must be an instant in UTC"],
    [
      "an end before the start",
      { start: "2031-01-01T00:00:00Z", end: "2030-01-01T00:00:00Z" },
      "end must be after start, got 2031-01-01T00:00:00Z and 2030-01-01T00:00:00Z",
    ],
    [
      "a start of what is called once",
      { when: at("2030-01-31T08:00:00"), start: "2030-01-01T00:00:00Z" },
      "start and end are for schedules that are called again and again",
    ],
    [
      "a window of nothing",
      { flexibleWindowMinutes: 0 },
      "flexibleWindowMinutes must be between 1 and 1440, got 0",
    ],
    ["a window of more than a day", { flexibleWindowMinutes: 1441 }, "got 1441"],
    [
      "tries above 185",
      { maximumRetryAttempts: 186 },
      "maximumRetryAttempts must be between 0 and 185, got 186",
    ],
    [
      "an age below a minute",
      { maximumEventAgeSeconds: 59 },
      "maximumEventAgeSeconds must be between 60 and 86400",
    ],
    [
      "a state of rules",
      { state: "enabled-with-all-management-events" as never },
      "state must be one of enabled, disabled",
    ],
  ])("rejects %s", (_, props, message) => {
    expect(() => schedule(props)).toThrow(message);
  });

  it("rejects all of it at once, and lets tokens through", () => {
    expect(() => schedule({ timeZone: "x", flexibleWindowMinutes: 0 })).toThrow("2 faults");
    const token = Token.asString({ resolve: () => "x" });
    expect(() => schedule({ timeZone: token, start: token, end: token })).not.toThrow();
  });
});
