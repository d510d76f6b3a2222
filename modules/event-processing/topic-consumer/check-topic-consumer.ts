import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import type { Handler } from "../../compute";
import { Checks, checkEncryption, type Encryption, factsOf, type TopicRef } from "../../core";
import { checkFedOnce, checkSameStack } from "../feeders";
import { checkFilter, type Filter } from "../filter-policy";
import { isSnsTopic } from "../topics";

/** What of a consumer's props can be wrong. */
interface Checked {
  readonly handler: Handler;
  readonly topic?: TopicRef;
  readonly filter?: Filter;
  readonly encryption?: Encryption;
}

/** The faults of a consumer's props. */
export function checkTopicConsumer(scope: Construct, props: Checked): void {
  const { handler, topic, filter, encryption = "customer-key" } = props;
  const checks = new Checks("topic-consumer", scope);
  checkSameStack(checks, scope, handler, "topic-consumer");
  checkFilter(checks, "filter", filter);
  if (topic !== undefined) {
    checkTopic(checks, scope, topic);
    checkFedOnce(checks, scope, handler, topic);
  }
  checkEncryption(checks, scope, encryption);
  checks.done();
}

function checkTopic(checks: Checks, scope: Construct, topic: TopicRef): void {
  const type = (topic as Partial<SnsTopic>).terraformResourceType;
  checks.that(
    type === undefined || type === SnsTopic.tfResourceType,
    `topic is an ${type}: hand in an SNS topic`,
  );
  const literal = !Token.isUnresolved(topic.arn);
  if (literal) {
    checks.matches(
      "topic",
      topic.arn,
      /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/,
      "an SNS topic by its ARN",
    );
    const { region } = factsOf(scope);
    const [, , , theirs = ""] = topic.arn.split(":");
    checks.that(
      !/^[a-z]{2}-/.test(theirs) || theirs === region,
      `topic is in ${theirs}, and a subscription is made in its topic's region, here ${region}: make the consumer in a stack ` +
        "of that region",
    );
  }
  const fifo = literal ? topic.arn.endsWith(".fifo") : isSnsTopic(topic) && topic.fifoTopicInput === true;
  checks.that(
    !fifo,
    'topic is FIFO, and SNS hands its messages to queues only: use a FanOut with ordering "fifo", and consume its queue',
  );
}
