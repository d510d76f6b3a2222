import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { factsOf } from "./facts-of";
import { nameOf } from "./names";
import { policyDocument } from "./policy-document";
import { type Conditions, type Statement, Statements } from "./statements";

/** Anything that can be allowed to do something. */
export interface Grantee {
  /**
   * Allows a statement.
   * @param sid letters and digits; says what the statement is for
   */
  allow(sid: string, statement: Statement): void;
}

export interface ServiceRoleProps {
  /** Who takes the role, such as `lambda.amazonaws.com`. */
  readonly service: string;
  /** Conditions on taking it. @default - none; not every service sends the resource it acts for */
  readonly conditions?: Conditions;
}

/**
 * A role for an AWS service: `service → role → one policy, rendered once from the statements allowed`.
 * The environment's path and permissions boundary apply.
 */
export class ServiceRole extends Construct implements Grantee {
  readonly role: IamRole;
  /** What the role may do. Depend on it where AWS checks the permission at creation. */
  readonly policy: IamRolePolicy;
  private readonly statements = new Statements<Statement>();

  constructor(scope: Construct, id: string, { service, conditions }: ServiceRoleProps) {
    super(scope, id);
    const { rolePath, rolePermissionsBoundary } = factsOf(this);
    this.role = new IamRole(this, "Default", {
      name: nameOf(this, "role"),
      path: rolePath,
      permissionsBoundary: rolePermissionsBoundary,
      assumeRolePolicy: trustJson(service, conditions),
    });
    this.policy = new IamRolePolicy(this, "policy", {
      name: "permissions",
      role: this.role.name,
      policy: policyDocument(this, { kind: "role", statements: this.statements }),
    });
    this.node.addValidation({
      validate: () =>
        this.statements.all.length > 0
          ? []
          : [`role "${this.node.path}": allows nothing: grant it something or remove it`],
    });
  }

  allow(sid: string, statement: Statement): void {
    this.statements.add(sid, statement);
  }

  /** The statements so far. */
  get allowed(): readonly Statement[] {
    return this.statements.all;
  }
}

function trustJson(service: string, conditions?: Conditions): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sts:AssumeRole",
      Condition: conditions,
    },
  });
}
