import type { Arguments } from "../arguments";
import { isAction } from "../policies/decide";
import { type Policy, readPolicy } from "../policies/policy";
import { Configuration, type Resource, type StackJson, type Value } from "./configuration";
import { type CalledFunction, readPermission } from "./lambda-permissions";
import { partsOfLogPolicy } from "./log-policies";

/** A policy, and the resource that carries it in an argument. */
export interface CarriedPolicy {
  readonly carrier: Resource;
  readonly policy: Policy;
  /** Whether the carrier is one statement of the policy, which other resources complete. */
  readonly single?: boolean;
}

/** What a resource's own policy says. */
export interface ResourcePolicy {
  readonly carried: readonly CarriedPolicy[];
  /** All that is carried as one; what AWS writes where nothing is; nothing where AWS writes nothing. */
  readonly effective?: Policy;
}

/** What a role may do. */
export interface RolePolicies {
  readonly carried: readonly CarriedPolicy[];
  readonly boundary?: Policy;
  /** Policies that bear on the role and whose text is not here. */
  readonly elsewhere: readonly string[];
}

/** Which argument of which type carries a policy, and which argument names whose it is; none: its own. */
const CARRIERS: readonly {
  readonly type: string;
  readonly argument: string;
  readonly of?: string;
  readonly subject: string;
}[] = [
  {
    type: "aws_api_gateway_rest_api_policy",
    argument: "policy",
    of: "rest_api_id",
    subject: "aws_api_gateway_rest_api",
  },
  { type: "aws_api_gateway_rest_api", argument: "policy", subject: "aws_api_gateway_rest_api" },
  {
    type: "aws_cloudwatch_event_bus_policy",
    argument: "policy",
    of: "event_bus_name",
    subject: "aws_cloudwatch_event_bus",
  },
  { type: "aws_iam_role", argument: "assume_role_policy", subject: "aws_iam_role" },
  { type: "aws_kms_key", argument: "policy", subject: "aws_kms_key" },
  { type: "aws_kms_key_policy", argument: "policy", of: "key_id", subject: "aws_kms_key" },
  { type: "aws_s3_bucket", argument: "policy", subject: "aws_s3_bucket" },
  { type: "aws_s3_bucket_policy", argument: "policy", of: "bucket", subject: "aws_s3_bucket" },
  { type: "aws_sns_topic", argument: "policy", subject: "aws_sns_topic" },
  { type: "aws_sns_topic_policy", argument: "policy", of: "arn", subject: "aws_sns_topic" },
  { type: "aws_sqs_queue", argument: "policy", subject: "aws_sqs_queue" },
  { type: "aws_sqs_queue_policy", argument: "policy", of: "queue_url", subject: "aws_sqs_queue" },
];

/** What AWS writes where nobody wrote a policy. */
const DEFAULTS: Readonly<Record<string, (resource: Resource) => object>> = {
  // KMS developer guide, "Default key policy".
  aws_kms_key: ({ account }) => ({
    Sid: "default key policy",
    Effect: "Allow",
    Principal: { AWS: account },
    Action: "kms:*",
    Resource: "*",
  }),
  // SNS developer guide, "Default access policy": whoever acts for the topic's own account.
  aws_sns_topic: ({ account, arn }) => ({
    Sid: "default topic policy",
    Effect: "Allow",
    Principal: "*",
    Action: "sns:Publish",
    Resource: arn,
    Condition: { StringEquals: { "aws:SourceOwner": account } },
  }),
};

/** Stacks with their policies: what rows look at. */
export class Graph extends Configuration {
  /** Policies that could not be read, and why. */
  readonly unread: { readonly where: Resource; readonly why: string }[] = [];
  private readonly ofResource = new Map<Resource, CarriedPolicy[]>();
  private readonly policies = new Map<Resource, ResourcePolicy>();
  private readonly ofRole = new Map<Resource, RolePolicies>();

  constructor(stacks: readonly StackJson[]) {
    super(stacks);
    for (const { type, argument, of, subject } of CARRIERS) {
      for (const carrier of this.ofType(type)) {
        const policy = this.read(carrier, carrier.arguments[argument]);
        const owner =
          of === undefined ? carrier : this.find(this.text(carrier, carrier.arguments[of]), subject);
        if (policy === undefined) continue;
        this.carry(owner, { carrier, policy }, `whose ${argument} it is stands elsewhere`);
      }
    }
    for (const carrier of this.ofType("aws_lambda_permission")) {
      const { function: owner, policy } = readPermission(this, carrier);
      this.carry(owner, { carrier, policy, single: true }, "whose permission it is stands elsewhere");
    }
    for (const carrier of this.ofType("aws_cloudwatch_log_resource_policy")) this.carryLogPolicy(carrier);
    for (const role of this.ofType("aws_iam_role")) this.ofRole.set(role, this.readRole(role));
  }

  /** One policy for all log groups that its statements name. */
  private carryLogPolicy(carrier: Resource): void {
    const policy = this.read(carrier, carrier.arguments.policy_document);
    if (policy === undefined) return;
    const { parts, elsewhere } = partsOfLogPolicy(policy, this.ofType("aws_cloudwatch_log_group"));
    for (const [group, part] of parts) this.carry(group, { carrier, policy: part }, "");
    for (const sid of elsewhere) {
      this.unread.push({ where: carrier, why: `"${sid}" is about a log group that is not in these stacks` });
    }
  }

  private carry(owner: Resource | undefined, carried: CarriedPolicy, why: string): void {
    if (owner === undefined) this.unread.push({ where: carried.carrier, why });
    else this.ofResource.set(owner, [...(this.ofResource.get(owner) ?? []), carried]);
  }

  /** The policy of a resource. */
  policyOf(resource: Resource): ResourcePolicy {
    const known = this.policies.get(resource);
    if (known !== undefined) return known;
    const made = this.readPolicyOf(resource);
    this.policies.set(resource, made);
    return made;
  }

  private readPolicyOf(resource: Resource): ResourcePolicy {
    const carried = this.ofResource.get(resource) ?? [];
    const byDefault = DEFAULTS[resource.type]?.(resource);
    if (carried.length === 0) {
      const effective = byDefault && readPolicy({ Version: "2012-10-17", Statement: [byDefault] });
      return { carried, effective };
    }
    const [first] = carried as [CarriedPolicy];
    const statements = carried.flatMap(({ policy }) => policy.statements);
    return { carried, effective: { version: first.policy.version, statements } };
  }

  /** The policies of a role. */
  policiesOf(role: Resource): RolePolicies {
    return this.ofRole.get(role) ?? { carried: [], elsewhere: [] };
  }

  /** The role that a value names by ARN or name. */
  role(resource: Resource, value: Value): Resource | undefined {
    return this.find(this.text(resource, value), "aws_iam_role");
  }

  /**
   * The function that a value names, by name or by ARN, and the ARN that is called: with the version or alias where the
   * value has one.
   * @returns the text where the function is not in these stacks, nothing where there is none
   */
  called(resource: Resource, value: Value): CalledFunction | string | undefined {
    const text = this.text(resource, value);
    const [, arn = text, qualifier] =
      /^(arn:[\w-]+:lambda:[^:]*:[^:]*:function:[^:]+):(.+)$/.exec(text ?? "") ?? [];
    const found = this.find(arn, "aws_lambda_function");
    if (found === undefined) return text;
    return { function: found, arn: qualifier === undefined ? found.arn : `${found.arn}:${qualifier}` };
  }

  /** Whether a role's own policies speak of an action on a resource at all, whatever the conditions. */
  grants(role: Resource, action: string, arn: string): boolean {
    return this.policiesOf(role).carried.some(({ policy }) =>
      policy.statements.some(
        ({ effect, actions = [], resources = [] }) =>
          effect === "Allow" &&
          actions.some((pattern) => isAction(action, pattern)) &&
          resources.some((pattern) => pattern === "*" || pattern.startsWith(arn)),
      ),
    );
  }

  /** Whether a role's own policies allow anything on a resource or below it. */
  speaksOf(role: Resource, arn: string): boolean {
    return this.policiesOf(role).carried.some(({ policy }) =>
      policy.statements.some(
        ({ effect, resources = [] }) => effect === "Allow" && resources.some((each) => each.startsWith(arn)),
      ),
    );
  }

  /**
   * The key that an argument names by ARN, id or alias.
   * @returns `"aws"` for a key that AWS manages, `"elsewhere"` for one that is not in these stacks, nothing for no key
   */
  key(resource: Resource, value: Value): Resource | "aws" | "elsewhere" | undefined {
    const text = this.text(resource, value);
    if (text === undefined || text === "") return undefined;
    if (/(^|:)alias\/aws\//.test(text)) return "aws";
    const alias = this.find(text, "aws_kms_alias");
    const key = alias === undefined ? text : this.text(alias, alias.arguments.target_key_id);
    return this.find(key, "aws_kms_key") ?? "elsewhere";
  }

  private read(carrier: Resource, value: Value): Policy | undefined {
    const text = this.text(carrier, value);
    if (text === undefined) return undefined;
    try {
      return readPolicy(text);
    } catch (error) {
      this.unread.push({ where: carrier, why: `its policy cannot be read: ${(error as Error).message}` });
      return undefined;
    }
  }

  private readRole(role: Resource): RolePolicies {
    const carried: CarriedPolicy[] = [];
    const elsewhere: string[] = [];
    const add = (carrier: Resource, value: Value) => {
      const policy = this.read(carrier, value);
      if (policy !== undefined) carried.push({ carrier, policy });
    };
    const attach = (carrier: Resource, value: Value) => {
      const arn = this.text(carrier, value) ?? "";
      const managed = this.find(arn, "aws_iam_policy");
      if (managed === undefined) elsewhere.push(arn);
      else add(managed, managed.arguments.policy);
    };
    for (const inline of blocks(role.arguments.inline_policy)) add(role, inline.policy);
    for (const arn of blocks(role.arguments.managed_policy_arns)) attach(role, arn);
    for (const each of this.ofType("aws_iam_role_policy")) {
      if (this.role(each, each.arguments.role) === role) add(each, each.arguments.policy);
    }
    for (const each of this.ofType("aws_iam_role_policy_attachment")) {
      if (this.role(each, each.arguments.role) === role) attach(each, each.arguments.policy_arn);
    }
    const bound = this.text(role, role.arguments.permissions_boundary);
    const managed = this.find(bound, "aws_iam_policy");
    if (bound !== undefined && managed === undefined) elsewhere.push(`${bound} (boundary)`);
    return { carried, elsewhere, boundary: managed && this.read(managed, managed.arguments.policy) };
  }
}

/** A block of Terraform's JSON as a list. */
export function blocks(value: Value): readonly Arguments[] {
  return value === undefined || value === null ? [] : ([value].flat() as Arguments[]);
}
