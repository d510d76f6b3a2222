import { allowInvocation, type Handler } from "../../compute";
import { factsOf } from "../../core";
import { AsyncFailures } from "../async-failures";
import { type BucketDestination, checkHome, S3 } from "./destination";
import { faultsOfLoops } from "./faults-of-loops";

/**
 * A function of the bucket's stack. S3 is done once Lambda has the event: what the function fails three times ends in its
 * queue of failed events (`failures`).
 *
 * A function that may itself do what it is told of, such as put objects below the prefix that it watches, is an error at
 * synthesis: it would invoke itself without end. Its statements tell; nobody has to say where it writes.
 */
export function functionDestination(handler: Handler): BucketDestination {
  return {
    check(checks, sender) {
      const remedy = "or send to a queue there, or to EventBridge";
      checkHome(checks, sender, { what: "function", resource: handler.lambda, remedy });
    },
    bind(sender) {
      const { bucket, scope } = sender;
      const permission = allowInvocation(handler, {
        service: S3,
        source: bucket,
        sourceAccount: factsOf(bucket).account,
      });
      const failures = AsyncFailures.of(handler);
      scope.node.addValidation({ validate: () => faultsOfLoops(handler, sender) });
      return {
        target: { lambdaFunctionArn: handler.lambda.arn },
        after: [permission, failures.config],
        failures,
      };
    },
  };
}
