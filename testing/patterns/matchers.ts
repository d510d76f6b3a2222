import { match } from "./matches";
import { type Given, isOn, patternTextOf, type RuleArguments } from "./rule";

declare global {
  namespace jest {
    interface Matchers<R> {
      /**
       * EventBridge would give the event to this rule, or keep it in this archive: {@link matchesPattern} on its pattern.
       * Rejects, with `.not` too, what has no pattern, a pattern that AWS refuses and one that refers to what only
       * Terraform knows, unless `given` says what that is: `{ "aws_s3_bucket.uploads.bucket": "uploads" }`.
       */
      toMatchEvent(event: object, given?: Given): R;
    }
  }
}

/** `expect.extend(patternMatchers)`, then `expect(stack.at("orders/rule", CloudwatchEventRule)).toMatchEvent(event)`. */
export const patternMatchers = {
  toMatchEvent(received: RuleArguments, event: object, given: Given = {}) {
    // Thrown and not failed: a failure would let `.not.toMatchEvent(…)` pass on nothing.
    if (typeof received?.event_pattern !== "string") {
      throw new Error(
        `toMatchEvent: no rule with a pattern but ${JSON.stringify(received)}: give the arguments of an ` +
          "aws_cloudwatch_event_rule or aws_cloudwatch_event_archive",
      );
    }
    const { matches, why } = match(patternTextOf(received, given), event);
    const pass = matches && isOn(received);
    const reasons = matches ? ["the rule is disabled"] : why;
    return {
      pass,
      message: () =>
        pass
          ? `expected the event not to match the pattern ${received.event_pattern}`
          : `the event does not match the pattern:\n${reasons.map((each) => `- ${each}`).join("\n")}`,
    };
  },
};
