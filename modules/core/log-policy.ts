import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import { Construct, type IConstruct } from "constructs";
import { factsScopeOf } from "./facts-of";
import { nameOf } from "./names";
import { policyDocument } from "./policy-document";
import { shortHash } from "./short-hash";
import { type ResourceStatement, Statements } from "./statements";

/** Who writes for a rule, by AWS's page: without the second, deliveries fail (terraform-provider-aws#30388). */
const WRITERS: ResourceStatement["principal"] = {
  Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"],
};

/**
 * What lets AWS's services write to log groups, one document a stack: an account takes ten of them in a region, and a log
 * group has none of its own (CloudWatch Logs API reference, PutResourcePolicy: 5,120 characters at most).
 *
 * Room for ten to twelve groups, or for about fifty rules that share one. Making streams is bound to no source, so that one
 * statement lists every group; writing is one statement for each group, which lists its rules: both as lists would let each
 * rule write to every other's group.
 */
class LogPolicy extends Construct {
  /** Depend on it where a service tries to write at once. */
  readonly resource: CloudwatchLogResourcePolicy;
  private readonly statements = new Statements<ResourceStatement>();

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.resource = new CloudwatchLogResourcePolicy(this, "Default", {
      policyName: nameOf(this, "log-policy"),
      policyDocument: policyDocument(this, {
        kind: "log policy",
        statements: this.statements,
        limit: {
          most: 5120,
          unit: "characters",
          remedy:
            "let several rules write to one log group, handed to each as logGroupTarget(group), or make some of them in another " +
            "stack, whose policy is another of the ten that AWS takes",
        },
      }),
    });
  }

  /**
   * Adds a statement. An id that stands for two different ones is an error at synthesis.
   * @param sid letters and digits; says what the statement is for
   */
  add(sid: string, statement: ResourceStatement): void {
    this.statements.add(sid, statement);
  }

  /**
   * Lets EventBridge write to a log group in the name of a rule.
   * @param group its ARN, without `:*`, and what tells it from other groups: a construct path, or the ARN again
   */
  allowRule(
    group: { readonly arn: string; readonly identity: string },
    rule: { readonly arn: string },
  ): void {
    const resources = [`${group.arn}:*`];
    // Without a source: by AWS's own template, making the stream is not said to be for a rule.
    this.statements.share("MakeStreams", "resources", {
      principal: WRITERS,
      actions: ["logs:CreateLogStream"],
      resources,
    });
    // A path would take up to eighty of few characters.
    this.statements.share(`Write${shortHash(group.identity)}`, "aws:SourceArn", {
      principal: WRITERS,
      actions: ["logs:PutLogEvents"],
      resources,
      conditions: { ArnEquals: { "aws:SourceArn": rule.arn } },
    });
  }
}

/** The log policy of a stack, made at the first call. */
export function logPolicy(scope: IConstruct): LogPolicy {
  const home = factsScopeOf(scope);
  const id = "log-policy";
  return (home.node.tryFindChild(id) as LogPolicy | undefined) ?? new LogPolicy(home as Construct, id);
}
