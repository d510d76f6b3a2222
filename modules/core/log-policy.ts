import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import { Lazy } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { rejectContradictions } from "./contradictions";
import { factsScopeOf } from "./facts-of";
import { nameOf } from "./names";
import { type ResourceStatement, Statements } from "./statements";

/**
 * What lets AWS's services write to log groups, one document a stack: an account takes ten of them in a region, and a log
 * group has none of its own (CloudWatch Logs API reference, PutResourcePolicy: 5,120 characters at most).
 */
class LogPolicy extends Construct {
  /** Depend on it where a service tries to write at once. */
  readonly resource: CloudwatchLogResourcePolicy;
  private readonly statements = new Statements<ResourceStatement>();

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.resource = new CloudwatchLogResourcePolicy(this, "Default", {
      policyName: nameOf(this, "log-policy"),
      policyDocument: Lazy.stringValue({ produce: () => this.statements.json }),
    });
    rejectContradictions(this, "log policy", this.statements);
  }

  /**
   * Adds a statement. An id that stands for two different ones is an error at synthesis.
   * @param sid letters and digits; says what the statement is for
   */
  add(sid: string, statement: ResourceStatement): void {
    this.statements.add(sid, statement);
  }
}

/** The log policy of a stack, made at the first call. */
export function logPolicy(scope: IConstruct): LogPolicy {
  const home = factsScopeOf(scope);
  const id = "log-policy";
  return (home.node.tryFindChild(id) as LogPolicy | undefined) ?? new LogPolicy(home as Construct, id);
}
