import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { KmsKeyPolicy } from "@cdktf/provider-aws/lib/kms-key-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { type TerraformStack, Token } from "cdktf";
import { type Facts, OtherRegion, type Region } from "../../modules/core";
import {
  ApiCallAlert,
  type ApiCallAlertProps,
  type ApiCalls,
  type ApiCallsProps,
  apiCalls,
  rootSignIn,
  securityGroupOpening,
  tableDeletion,
  trailTampering,
} from "../../modules/event-processing/api-call-alert";
import { match } from "../../modules/event-processing/event-pattern";
import { queueTarget, topicTarget } from "../../modules/event-processing/event-targets";
import { AccountTrail } from "../../modules/operations/account-trail";
import { matchesPattern, patternMatchers, type Synthesized, statementsOf, synthesize } from "../../testing";
import {
  all,
  createAccessKey,
  deleteFunction,
  type RecordedEvent,
  rootSignsIn,
} from "../fixtures/cloudtrail-events";

expect.extend(patternMatchers);

type Props = Partial<Omit<ApiCallAlertProps<string>, "usEast1">>;

/** An alert, with the provider of us-east-1 unless that is refused. */
const alert = (
  calls: ApiCallAlertProps<string>["calls"] = { "table-gone": tableDeletion() },
  props: Props | ((stack: TerraformStack) => Props) = {},
  { facts = {}, provider = true }: { readonly facts?: Partial<Facts>; readonly provider?: boolean } = {},
): Synthesized =>
  synthesize((stack) => {
    const usEast1 = new AwsProvider(stack, "us-east-1", { region: "us-east-1", alias: "us-east-1" });
    const more = typeof props === "function" ? props(stack) : props;
    new ApiCallAlert(stack, "security", { calls, ...more, usEast1: provider ? usEast1 : undefined });
  }, facts);

const inRegion = (region: Region): Partial<Facts> => ({
  region,
  network: { cidr: "10.0.0.0/16", zones: [`${region}a`, `${region}b`], nat: "none" },
});

const caught = (calls: ApiCalls) =>
  Object.entries<RecordedEvent>(all)
    .filter(([, event]) => matchesPattern(calls.pattern, event))
    .map(([name]) => name);

describe("what is heard of, of recorded events", () => {
  it.each<[string, ApiCalls, readonly string[]]>([
    ["a table's deletion", tableDeletion(), ["deleteTable"]],
    [
      "a security group that lets in everybody, in whatever form, by itself or among others",
      securityGroupOpening(),
      [
        "ingress from everybody",
        "ingress from everybody, IPv6",
        "ingress from everybody, IPv6 in full",
        "ingress from everybody among others",
        "ingress from everybody, older form",
        "a rule changed to everybody",
        "a rule changed to everybody, IPv6",
      ],
    ],
    ["root's sign-in, failed ones too", rootSignIn(), ["rootSignsIn", "rootFailsToSignIn"]],
    [
      "changes of trails, refused ones too",
      trailTampering(),
      ["stopLogging", "stopLoggingRefused", "putEventSelectors"],
    ],
    ["calls by name", apiCalls({ service: "iam", names: ["CreateAccessKey"] }), ["createAccessKey"]],
    [
      "calls that succeeded, unless it says otherwise",
      apiCalls({ service: "dynamodb", names: ["DeleteTable", "UpdateTable"] }),
      ["deleteTable", "updateTable"],
    ],
    [
      "calls that failed, where it says so",
      apiCalls({ service: "dynamodb", names: ["DeleteTable"], outcome: "failed" }),
      ["deleteTableRefused"],
    ],
    [
      "all calls, where it says so",
      apiCalls({ service: "dynamodb", names: ["DeleteTable"], outcome: "any" }),
      ["deleteTable", "deleteTableRefused"],
    ],
    [
      "calls of which more holds",
      apiCalls({
        service: "dynamodb",
        names: ["DeleteTable", "UpdateTable"],
        where: { requestParameters: { billingMode: [match.exists(true)] } },
      }),
      ["updateTable"],
    ],
  ])("is %s", (_, calls, expected) => {
    expect(caught(calls)).toEqual(expected);
  });

  describe("of a trail that is handed over", () => {
    const key = { keyId: "0aff", arn: "arn:aws:kms:eu-west-1:123456789012:key/0aff" };
    const watched = trailTampering({ bucket: { bucket: { bucket: "logs" } }, key: { key } });
    const told = (service: string, eventName: string, requestParameters: object) =>
      matchesPattern(watched.pattern, {
        ...createAccessKey,
        source: `aws.${service}`,
        detail: {
          ...createAccessKey.detail,
          eventSource: `${service}.amazonaws.com`,
          eventName,
          requestParameters,
        },
      });

    it("is all that is heard of trails, and what lessens the protection of its log bucket and its key", () => {
      expect(caught(watched)).toEqual(caught(trailTampering()));
      const settings = ["Encryption", "Lifecycle", "Policy", "PublicAccessBlock"];
      const changes = settings.flatMap((each) => [`DeleteBucket${each}`, `PutBucket${each}`]);
      for (const name of ["DeleteBucket", "PutBucketVersioning", ...changes]) {
        expect(told("s3", name, { bucketName: "logs" })).toBe(true);
        expect(told("s3", name, { bucketName: "other" })).toBe(false);
      }
      for (const name of ["CreateGrant", "ScheduleKeyDeletion", "DisableKey", "PutKeyPolicy"]) {
        expect(told("kms", name, { keyId: key.keyId })).toBe(true);
        expect(told("kms", name, { keyId: key.arn })).toBe(true);
        expect(told("kms", name, { keyId: "0bee" })).toBe(false);
      }
      expect(told("s3", "PutBucketTagging", { bucketName: "logs" })).toBe(false);
      expect(told("kms", "EnableKey", { keyId: key.keyId })).toBe(false);
      // A call of one service is none of another's, though the names be alike.
      expect(told("kms", "PutBucketPolicy", { bucketName: "logs", keyId: key.keyId })).toBe(false);
    });

    it("is an alert whose mail names bucket and key, of a trail made in the same app", () => {
      const result = synthesize((stack) => {
        const trail = new AccountTrail(stack, "trail");
        new ApiCallAlert(stack, "security", { calls: { trail: trailTampering(trail) } });
      });
      const { event_pattern } = result.at("security/rules/trail", CloudwatchEventRule);
      expect(
        JSON.parse(event_pattern).detail.$or.map(({ requestParameters }: never) => requestParameters),
      ).toEqual([
        undefined,
        { bucketName: [expect.stringMatching(/^\$\{aws_s3_bucket\.trail_logs\w*\.bucket\}$/)] },
        {
          keyId: [
            expect.stringMatching(/^\$\{aws_kms_key\.trail_key\w*\.key_id\}$/),
            expect.stringMatching(/^\$\{aws_kms_key\.trail_key\w*\.arn\}$/),
          ],
        },
      ]);
      const { input_paths } = result.at(
        "security/rules/trail/topic",
        CloudwatchEventTarget,
      ).input_transformer;
      expect(Object.values(input_paths)).toEqual(
        expect.arrayContaining(["$.detail.requestParameters.bucketName", "$.detail.requestParameters.keyId"]),
      );
    });
  });

  it("is a call of Lambda by its name, whatever version of the API it ends in, and none that begins alike", () => {
    const { pattern } = apiCalls({ service: "lambda", names: ["DeleteFunction"] });
    const heard = (eventName: string) => matchesPattern(pattern, deleteFunction(eventName));
    expect(
      ["DeleteFunction", "DeleteFunction20150331", "DeleteFunction20150331v2"].filter(heard),
    ).toHaveLength(3);
    expect(heard("DeleteFunctionConcurrency20171031")).toBe(false);
    const exact = apiCalls({ service: "lambda", names: ["Invoke20150331"] });
    expect(matchesPattern(exact.pattern, deleteFunction("Invoke20150331"))).toBe(true);
    expect(matchesPattern(exact.pattern, deleteFunction("Invoke20150331v2"))).toBe(false);
  });

  it("is told in us-east-1 of the services that are global, and where it is said", () => {
    const isGlobal = (service: string, global?: boolean) =>
      apiCalls({ service, names: ["Create"], global }).global;
    for (const service of ["iam", "cloudfront", "route53", "organizations", "sts"])
      expect(isGlobal(service)).toBe(true);
    for (const service of ["dynamodb", "ec2", "wafv2"]) expect(isGlobal(service)).toBe(false);
    expect(isGlobal("wafv2", true)).toBe(true);
    expect(isGlobal("sts", false)).toBe(false);
    expect(
      [rootSignIn(), tableDeletion(), trailTampering(), securityGroupOpening()].map((each) => each.global),
    ).toEqual([true, false, false, false]);
  });
});

describe("an alert", () => {
  it("listens on the default bus, to what happens and not to what an archive replays", () => {
    const rule = alert().at("security/rules/table-gone", CloudwatchEventRule);
    expect(rule).not.toHaveProperty("event_bus_name");
    expect(rule).toMatchEvent(all.deleteTable);
    expect(rule).not.toMatchEvent({ ...all.deleteTable, "replay-name": "again" });
    expect(rule.description).toBe("A DynamoDB table was deleted");
  });

  it("passes over read-only calls, unless it is told to look at them", () => {
    const state = (managementEvents?: "writes" | "all") =>
      alert({ any: apiCalls({ service: "kms", names: ["ReplicateKey"], managementEvents }) }).one(
        CloudwatchEventRule,
      ).state;
    expect(state()).toBe("ENABLED");
    expect(state("writes")).toBe("ENABLED");
    expect(state("all")).toBe("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
  });

  it("publishes to a topic of its own, which its rules alone may use", () => {
    const result = alert();
    const { arn } = result.at("security/rules/table-gone/topic", CloudwatchEventTarget);
    expect(arn).toMatch(/^\$\{aws_sns_topic\.security_topic_\w+\.arn\}$/);
    expect(result.one(SnsTopic)).toMatchObject({
      name: "test_security",
      kms_master_key_id: expect.stringMatching(/^\$\{aws_kms_key\.security_key_\w+\.arn\}$/),
    });
    const allowed = statementsOf(result.one(SnsTopicPolicy).policy).filter(
      ({ Effect }) => Effect === "Allow",
    );
    expect(allowed).toEqual([
      expect.objectContaining({
        Principal: { Service: "events.amazonaws.com" },
        Action: "sns:Publish",
        Condition: {
          ArnEquals: {
            "aws:SourceArn": expect.stringMatching(
              /^\$\{aws_cloudwatch_event_rule\.security_rules_table-gone/,
            ),
          },
        },
      }),
    ]);
  });

  it("has one key for the topic and the dead letters, which EventBridge may use", () => {
    const result = alert();
    expect(Object.keys(result.resources(KmsKey))).toHaveLength(1);
    expect(result.at("security/rules/dead-letters", SqsQueue).kms_master_key_id).toBe(
      result.one(SnsTopic).kms_master_key_id,
    );
    const senders = statementsOf(result.one(KmsKeyPolicy).policy).filter(
      ({ Principal }) => "Service" in Principal,
    );
    expect(senders.map(({ Principal }) => Principal.Service)).toEqual([
      "events.amazonaws.com",
      "events.amazonaws.com",
    ]);
  });

  it("writes a mail of lines: what, who, when, where, from where, and which event", () => {
    const { input_transformer } = alert().one(CloudwatchEventTarget);
    expect(input_transformer.input_template.split("\n").map((line: string) => JSON.parse(line))).toEqual([
      "A DynamoDB table was deleted",
      "What: <name> (<service>)",
      "Who: <who> (<kind>)",
      "When: <when>",
      "Where: <region>, account <account>",
      "From: <address>",
      "Table: <detail-0-0>",
      "Event: <event>",
    ]);
    expect(input_transformer.input_paths).toEqual({
      name: "$.detail.eventName",
      service: "$.detail.eventSource",
      who: "$.detail.userIdentity.arn",
      kind: "$.detail.userIdentity.type",
      when: "$.detail.eventTime",
      region: "$.detail.awsRegion",
      account: "$.account",
      address: "$.detail.sourceIPAddress",
      event: "$.detail.eventID",
      "detail-0-0": "$.detail.requestParameters.tableName",
    });
  });

  const lines = (calls: ApiCalls): readonly string[] =>
    alert({ it: calls })
      .at("security/rules/it/topic", CloudwatchEventTarget)
      .input_transformer.input_template.split("\n")
      .map((line: string) => JSON.parse(line));

  it("says the error where failures count, and nothing that a caller words freely", () => {
    expect(lines(trailTampering())).toContain("Error: <detail-1-0>");
    expect(lines(tableDeletion()).join()).not.toContain("Error");
    for (const calls of [trailTampering(), rootSignIn(), securityGroupOpening()]) {
      const { input_paths } = alert({ it: calls }).at(
        "security/rules/it/topic",
        CloudwatchEventTarget,
      ).input_transformer;
      expect(JSON.stringify(input_paths)).not.toMatch(/errorMessage|userAgent/);
    }
  });

  it("takes the one of several parts that is there", () => {
    expect(lines(securityGroupOpening())).toContain("Group: <detail-0-0><detail-0-1>");
  });

  it("begins with what it is told to say, or with the calls, as long as they are few", () => {
    const first = (props: Partial<ApiCallsProps>) =>
      lines(apiCalls({ service: "ec2", names: ["RunInstances", "StopInstances"], ...props }))[0];
    expect(first({})).toBe("ec2: RunInstances, StopInstances");
    expect(first({ meaning: "Machines come and go" })).toBe("Machines come and go");
    expect(first({ names: ["A", "B", "C", "D"] })).toBe("ec2: one of 4 calls");
  });

  it("subscribes an address, where there is one", () => {
    expect(alert(undefined, { email: "a@b.example" }).one(SnsTopicSubscription)).toMatchObject({
      protocol: "email",
      endpoint: "a@b.example",
      topic_arn: expect.stringMatching(/aws_sns_topic\.security_topic/),
    });
    expect(Object.keys(alert().resources(SnsTopicSubscription))).toEqual([]);
  });

  it("publishes to a topic that is handed in, and makes none", () => {
    const arn = "arn:aws:sns:eu-west-1:123456789012:alarms";
    const result = alert(undefined, { topic: { arn }, email: "a@b.example" });
    expect(Object.keys(result.resources(SnsTopic))).toEqual([]);
    expect(result.one(CloudwatchEventTarget).arn).toBe(arn);
    expect(result.one(SnsTopicSubscription).topic_arn).toBe(arn);
  });

  it("extends the policies of a topic of the same stack", () => {
    const result = alert(undefined, (stack) => {
      const key = new KmsKey(stack, "shared");
      return { topic: new SnsTopic(stack, "shared-topic", { kmsMasterKeyId: key.arn }) };
    });
    const { policy } = result.at("shared-topic/policy", SnsTopicPolicy);
    expect(statementsOf(policy).map(({ Effect }) => Effect)).toContain("Allow");
    expect(statementsOf(result.at("shared/policy", KmsKeyPolicy).policy)).toHaveLength(2);
  });

  it.each([
    ["one", "other"],
    ["other", "one"],
  ])("shares a topic and its key with another alert, made in the order %s, %s", (...order) => {
    const policies = (ids: readonly string[]) => {
      const result = synthesize((stack) => {
        const key = new KmsKey(stack, "shared");
        const topic = new SnsTopic(stack, "shared-topic", { kmsMasterKeyId: key.arn });
        for (const id of ids)
          new ApiCallAlert(stack, id, { calls: { "table-gone": tableDeletion() }, topic });
      });
      return [
        result.at("shared-topic/policy", SnsTopicPolicy).policy,
        result.at("shared/policy", KmsKeyPolicy).policy,
      ];
    };
    const [topicText = "", keyText = ""] = policies(order);
    const [allow, ...others] = statementsOf(topicText).filter(({ Effect }) => Effect === "Allow");
    expect(allow?.Condition.ArnEquals["aws:SourceArn"]).toHaveLength(2);
    expect(others).toEqual([]);
    expect(statementsOf(keyText).filter(({ Principal }) => "Service" in Principal)).toHaveLength(1);
    expect([topicText, keyText]).toEqual(policies(["one", "other"]));
  });

  it("gives each event to the other targets too, whole unless they say otherwise", () => {
    const queue = { arn: "arn:aws:sqs:eu-west-1:123456789012:record", url: "https://sqs" };
    const result = alert(
      { one: tableDeletion(), other: trailTampering() },
      { targets: { record: { to: queueTarget(queue) } } },
    );
    for (const name of ["one", "other"]) {
      const target = result.at(`security/rules/${name}/record`, CloudwatchEventTarget);
      expect(target.arn).toBe(queue.arn);
      expect(target).not.toHaveProperty("input_transformer");
      expect(result.at(`security/rules/${name}/topic`, CloudwatchEventTarget)).toHaveProperty(
        "input_transformer",
      );
    }
  });

  it("calls the environment's alarms where a rule does not reach its target, by the rule's name", () => {
    const result = alert();
    const alarm = result.at("security/rules/table-gone/failures-alarm", CloudwatchMetricAlarm);
    expect(alarm).toMatchObject({
      namespace: "AWS/Events",
      metric_name: "FailedInvocations",
      dimensions: {
        RuleName: expect.stringMatching(/aws_cloudwatch_event_rule\.security_rules_table-gone_\w+\.name/),
      },
      alarm_actions: ["arn:aws:sns:eu-west-1:123456789012:alarms"],
    });
  });
});

describe("an alert on calls of global services", () => {
  const global = { "root-in": rootSignIn(), "table-gone": tableDeletion() };
  const THERE = "security/us-east-1/rules";

  it("has a rule in us-east-1 for each of them, and for no other", () => {
    const result = alert(global);
    expect(Object.values(result.resources(CloudwatchEventRule))).toHaveLength(3);
    expect(result.at(`${THERE}/root-in`, CloudwatchEventRule).provider).toBe("aws.us-east-1");
    for (const path of ["security/rules/root-in", "security/rules/table-gone"])
      expect(result.at(path, CloudwatchEventRule)).not.toHaveProperty("provider");
  });

  it("hands what happens there over to the default bus at home, in a role that may do nothing else", () => {
    const result = alert(global);
    const arn = "arn:aws:events:eu-west-1:123456789012:event-bus/default";
    const target = result.at(`${THERE}/root-in/home`, CloudwatchEventTarget);
    expect(target).toMatchObject({ arn, role_arn: expect.stringMatching(/^\$\{aws_iam_role\./) });
    expect(target).not.toHaveProperty("input_transformer");
    expect(statementsOf(result.one(IamRolePolicy).policy)).toEqual([
      { Sid: "PutEvents", Effect: "Allow", Action: "events:PutEvents", Resource: arn },
    ]);
    const [trust] = statementsOf(result.one(IamRole).assume_role_policy);
    expect(trust).toMatchObject({
      Principal: { Service: "events.amazonaws.com" },
      Condition: {
        ArnEquals: { "aws:SourceArn": expect.stringMatching(/security_us-east-1_rules_root-in/) },
      },
    });
  });

  it("hands nothing over that was handed to us-east-1, so that no event goes round", () => {
    const rule = alert(global).at(`${THERE}/root-in`, CloudwatchEventRule);
    expect(rule).toMatchEvent(rootSignsIn);
    expect(rule).not.toMatchEvent({ ...rootSignsIn, region: "eu-west-1" });
    const targets = Object.values(alert(global).resources(CloudwatchEventTarget));
    const forwarding = targets.filter(({ arn }) => /:event-bus\//.test(arn));
    expect(forwarding).toHaveLength(1);
    expect(forwarding.every(({ provider }) => provider === "aws.us-east-1")).toBe(true);
  });

  it("hears at home of what was handed over", () => {
    const rules = alert({ "key-made": apiCalls({ service: "iam", names: ["CreateAccessKey"] }) });
    expect(rules.at("security/rules/key-made", CloudwatchEventRule)).toMatchEvent(createAccessKey);
    expect(rules.at(`${THERE}/key-made`, CloudwatchEventRule)).toMatchEvent(createAccessKey);
  });

  it("looks at read-only calls at both ends, where it is told to", () => {
    const reads = apiCalls({ service: "iam", names: ["GetRole"], managementEvents: "all" });
    const states = Object.values(alert({ reads }).resources(CloudwatchEventRule)).map(({ state }) => state);
    expect(states).toEqual(Array(2).fill("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"));
  });

  it("sets aside there what it cannot hand over, in a queue that SQS encrypts", () => {
    const queue = alert(global).at(`${THERE}/dead-letters`, SqsQueue);
    expect(queue).toMatchObject({ provider: "aws.us-east-1", sqs_managed_sse_enabled: true });
    expect(queue).not.toHaveProperty("kms_master_key_id");
  });

  it("calls a topic of us-east-1, or nobody, when it cannot hand over", () => {
    const alarm = (props: Props) =>
      alert(global, props).at(`${THERE}/root-in/failures-alarm`, CloudwatchMetricAlarm);
    const arn = "arn:aws:sns:us-east-1:123456789012:alarms";
    expect(alarm({ usEast1AlarmTopic: { arn } })).toMatchObject({
      provider: "aws.us-east-1",
      alarm_actions: [arn],
      metric_name: "FailedInvocations",
      dimensions: { RuleName: expect.stringMatching(/security_us-east-1_rules_root-in/) },
    });
    expect(alarm({})).not.toHaveProperty("alarm_actions");
  });

  it.each([
    ["of another region", "arn:aws:sns:eu-west-1:123456789012:alarms"],
    ["that is a queue", "arn:aws:sqs:us-east-1:123456789012:alarms"],
  ])("rejects an alarm topic %s", (_, arn) => {
    expect(() => alert(global, { usEast1AlarmTopic: { arn } })).toThrow(
      /api-call-alert "test\/security": usEast1AlarmTopic must be the ARN of an SNS topic of us-east-1, since CloudWatch/,
    );
  });

  it("rejects an alarm topic that is made at home, and takes one that is made there", () => {
    const withTopic = (made: (stack: TerraformStack, provider: AwsProvider) => SnsTopic) => () =>
      synthesize((stack) => {
        const usEast1 = new AwsProvider(stack, "there", { region: "us-east-1", alias: "there" });
        const usEast1AlarmTopic = made(stack, usEast1);
        new ApiCallAlert(stack, "security", { calls: global, usEast1, usEast1AlarmTopic });
      });
    expect(withTopic((stack) => new SnsTopic(stack, "alarms"))).toThrow(
      /usEast1AlarmTopic is in eu-west-1, and CloudWatch's alarms call topics of their own region only/,
    );
    expect(withTopic((stack, provider) => new SnsTopic(stack, "alarms", { provider }))).not.toThrow();
    expect(
      withTopic((stack, provider) => {
        const there = new OtherRegion(stack, "abroad", { region: "us-east-1", provider });
        return new SnsTopic(there, "alarms");
      }),
    ).not.toThrow();
  });

  it("rejects an alarm topic for there where no call is one of a global service", () => {
    const usEast1AlarmTopic = { arn: "arn:aws:sns:us-east-1:123456789012:alarms" };
    expect(() => alert(undefined, { usEast1AlarmTopic })).toThrow(
      /usEast1AlarmTopic is for what forwards global services' calls, and none of these calls is one: leave it out/,
    );
    expect(() => alert(global, { usEast1AlarmTopic }, { facts: inRegion("us-east-1") })).not.toThrow();
  });

  it("forwards nothing where the environment is in us-east-1, with a provider and without", () => {
    for (const provider of [true, false]) {
      const result = alert(global, {}, { facts: inRegion("us-east-1"), provider });
      expect(Object.keys(result.resources(CloudwatchEventRule))).toHaveLength(2);
      expect(Object.keys(result.resources(IamRole))).toEqual([]);
    }
  });

  it("needs no provider where no call is one of a global service", () => {
    expect(() => alert(undefined, {}, { provider: false })).not.toThrow();
    expect(Object.keys(alert().resources(IamRole))).toEqual([]);
  });

  it("rejects a missing provider, naming the calls and the remedy", () => {
    expect(() => alert(global, {}, { provider: false })).toThrow(
      /api-call-alert "test\/security": usEast1 is missing: CloudTrail tells of calls\.root-in in us-east-1 only.*hand in usEast1/,
    );
  });

  it("rejects them in GovCloud, where nothing is forwarded between regions", () => {
    expect(() => alert(global, {}, { facts: inRegion("us-gov-west-1") })).toThrow(
      /calls\.root-in: EventBridge forwards nothing between regions of GovCloud/,
    );
    expect(() => alert(undefined, {}, { facts: inRegion("us-gov-west-1") })).not.toThrow();
  });
});

describe("an alert that nobody would hear", () => {
  const rejected =
    (props: Partial<ApiCallsProps>, facts: Partial<Facts> = {}) =>
    () =>
      alert({ it: apiCalls({ service: "dynamodb", names: ["DeleteTable"], ...props }) }, {}, { facts });

  it("rejects an environment that does not know whether the account has a trail", () => {
    expect(() => alert(undefined, {}, { facts: { accountTrail: undefined } })).toThrow(
      /api-call-alert "test\/security": accountTrail is not among the environment's facts, .*say "exists" where.*or "make"/,
    );
    for (const accountTrail of ["exists", "make"] as const)
      expect(() => alert(undefined, {}, { facts: { accountTrail } })).not.toThrow();
  });

  it("rejects no call at all, and half a mail address", () => {
    expect(() => alert({})).toThrow(/calls must name at least one kind of call/);
    expect(() => alert(undefined, { email: "oncall" })).toThrow(/email must be a mail address, got "oncall"/);
  });

  it("rejects more targets than AWS calls, and one in the place of the topic", () => {
    const to = topicTarget({ arn: "arn:aws:sns:eu-west-1:123456789012:t" });
    const targets = (...names: string[]) => Object.fromEntries(names.map((name) => [name, { to }]));
    expect(() => alert(undefined, { targets: targets("a", "b", "c", "d") })).not.toThrow();
    expect(() => alert(undefined, { targets: targets("a", "b", "c", "d", "e") })).toThrow(
      /targets names 5, and AWS calls 4 a rule beside the topic/,
    );
    expect(() => alert(undefined, { targets: targets("topic") })).toThrow(
      /"topic" is the alert's own target/,
    );
  });

  it.each(["DescribeTable", "GetRole", "ListTables"])(
    "rejects the read-only %s, and says how to hear of it",
    (name) => {
      expect(rejected({ names: ["DeleteTable", name] })).toThrow(
        new RegExp(
          `calls\\.it\\.names has read-only calls \\(${name}\\), which EventBridge passes over: say managementEvents: "all"`,
        ),
      );
      expect(rejected({ names: [name], managementEvents: "all" })).not.toThrow();
    },
  );

  it.each<[string, string]>([
    ["dynamodb", "GetItem"],
    ["dynamodb", "PutItem"],
    ["kinesis", "PutRecord"],
    ["lambda", "Invoke"],
    ["s3", "PutObject"],
    ["sns", "Publish"],
    ["sqs", "SendMessage"],
  ])("rejects data events, of which a trail of management events tells nothing: %s %s", (service, name) => {
    expect(rejected({ service, names: [name] })).toThrow(
      new RegExp(
        `calls\\.it\\.names has data events \\(${name}\\), .* where a trail of the account records them, say dataEvents: "recorded"$`,
      ),
    );
  });

  it("says what hears of objects, and names each call once", () => {
    expect(rejected({ service: "s3", names: ["GetObject", "DeleteBucket"] })).toThrow(
      /^api-call-alert "test\/security": calls\.it\.names has data events \(GetObject\).*use an EventRouter/,
    );
  });

  it("takes management events that sound alike, and data events on demand", () => {
    for (const [service, name] of [
      ["s3", "PutBucketPolicy"],
      ["kms", "Decrypt"],
      ["secretsmanager", "PutSecretValue"],
      ["lambda", "CreateFunction"],
      ["sqs", "PutObject"],
    ] as const)
      expect(rejected({ service, names: [name] })).not.toThrow();
    const recorded = { service: "s3", names: ["PutObject"], dataEvents: "recorded" } as const;
    expect(() => alert({ it: apiCalls(recorded) })).not.toThrow();
    expect(() => alert({ it: apiCalls({ ...recorded, service: "aws.s3" }) })).toThrow(/calls\.it\.service/);
  });

  it("takes calls that only read and that EventBridge does not pass over", () => {
    expect(
      rejected({ service: "sts", names: ["AssumeRole", "GetFederationToken", "GetSessionToken"] }),
    ).not.toThrow();
    expect(rejected({ service: "iam", names: ["GetFederationToken"] })).toThrow(/read-only/);
    expect(rejected({ service: "events", names: ["TestEventPattern"] })).not.toThrow();
  });

  it.each<[string, Partial<ApiCallsProps>, RegExp]>([
    [
      "a source in place of a service",
      { service: "aws.iam" },
      /calls\.it\.service must be what eventSource says.*got "aws\.iam"/,
    ],
    [
      "an eventSource in place of a service",
      { service: "iam.amazonaws.com" },
      /service must be what eventSource says/,
    ],
    [
      "a name that only people use",
      { service: "cloudwatch" },
      /service "cloudwatch" is no name that CloudTrail knows.*write "monitoring"/,
    ],
    ["sign-ins, which are no calls", { service: "signin" }, /use rootSignIn\(\)/],
    [
      "an IAM action in place of a name",
      { names: ["dynamodb:DeleteTable"] },
      /calls\.it\.names must be as CloudTrail says eventName.*got "dynamodb:DeleteTable"/,
    ],
    ["a wildcard", { names: ["Delete*"] }, /without service and wildcards/],
    ["an unknown outcome", { outcome: "good" as "any" }, /outcome must be one of succeeded, failed, any/],
    [
      "an unknown kind of events",
      { managementEvents: "reads" as "all" },
      /managementEvents must be one of writes, all/,
    ],
    [
      "a condition on what the maker says itself",
      { where: { eventName: ["x"] } },
      /where speaks of eventName/,
    ],
    [
      "a global service that is told of elsewhere",
      { service: "globalaccelerator" },
      /CloudTrail tells in us-west-2 only/,
    ],
    ["no name", { names: [] as unknown as [string] }, /names must name at least one call/],
  ])("rejects %s", (_, props, message) => {
    expect(rejected(props)).toThrow(message);
  });

  it("takes a service that is told of in the environment's own region", () => {
    expect(rejected({ service: "globalaccelerator" }, inRegion("us-west-2"))).not.toThrow();
  });

  it("takes names that only Terraform knows", () => {
    const unknown = Token.asString({ resolve: () => "${var.x}" });
    expect(rejected({ service: unknown, names: [unknown] })).not.toThrow();
    expect(() => alert(undefined, { email: unknown })).not.toThrow();
  });

  describe("is told of in the words of its own props", () => {
    const calls = (changes: Partial<ApiCallsProps>) =>
      apiCalls({ service: "dynamodb", names: ["DeleteTable"], ...changes });
    const to = topicTarget({ arn: "arn:aws:sns:eu-west-1:123456789012:t" });

    it.each<[string, ApiCallAlertProps<string>["calls"], Props, RegExp]>([
      [
        "a condition without a list",
        { it: calls({ where: { requestParameters: { tableName: "orders" } } as never }) },
        {},
        /calls\.it\.where\.requestParameters\.tableName must/,
      ],
      [
        "a field with two conditions",
        { it: calls({ where: { a: [], b: ["x"] } as never }) },
        {},
        /calls\.it\.where\.a must/,
      ],
      [
        "a pattern by hand",
        { it: { ...tableDeletion(), pattern: { source: "aws.x" } as never } },
        {},
        /calls\.it\.pattern\.source must/,
      ],
      [
        "a pattern that is too long",
        { it: calls({ where: { requestParameters: { tableName: ["x".repeat(2048)] } } }) },
        {},
        /calls\.it\.pattern takes \d+ characters/,
      ],
      [
        "a name that is no id",
        { Table_Gone: tableDeletion() },
        {},
        /calls\.Table_Gone: a name is kebab-case/,
      ],
      ["a name that is taken", { "dead-letters": tableDeletion() }, {}, /calls\.dead-letters: a name is/],
      [
        "a detail that is no path",
        { it: calls({ details: { Table: "tableName" } }) },
        {},
        /calls\.it\.details\.Table must be a path from the top of the event.*got "tableName"/,
      ],
      [
        "a placeholder in what the mail says first",
        { it: calls({ meaning: "Table <name> is gone" }) },
        {},
        /calls\.it\.meaning has a word in < and >/,
      ],
      [
        "a placeholder in a label",
        { it: calls({ details: { "<b>": "$.detail.x" } }) },
        {},
        /calls\.it\.details name "<b>" has a word in < and >/,
      ],
      [
        "a target's name",
        { it: tableDeletion() },
        { targets: { My_Topic: { to } } },
        /targets\.My_Topic: a name is kebab-case/,
      ],
      [
        "a target's input",
        { it: tableDeletion() },
        { targets: { mine: { to, input: { path: "detail" } } } },
        /targets\.mine\.input\.path must be a path/,
      ],
      [
        "a topic that rules cannot reach",
        { it: tableDeletion() },
        { topic: { arn: "arn:aws:sns:eu-west-1:123456789012:t.fifo" } },
        /api-call-alert "test\/security": topic is a FIFO topic/,
      ],
    ])("rejects %s", (_, given, props, message) => {
      const tried = () => alert(given, props);
      expect(tried).toThrow(message);
      expect(tried).toThrow(/^api-call-alert "test\/security"/);
      expect(tried).not.toThrow(/rules\.|targets\.topic|pattern\.detail|event-rules/);
    });

    it("rejects a faulty target once, however many kinds of calls there are", () => {
      const given = { one: tableDeletion(), two: trailTampering() };
      expect(() => alert(given, { targets: { mine: { to, input: { path: "detail" } } } })).toThrow(
        /^api-call-alert "test\/security": targets\.mine\.input\.path/,
      );
    });
  });

  it("rejects several faults at once", () => {
    expect(() =>
      alert({ it: apiCalls({ service: "cloudwatch", names: ["GetDashboard"] }) }, { email: "x" }),
    ).toThrow(/3 faults/);
  });
});
