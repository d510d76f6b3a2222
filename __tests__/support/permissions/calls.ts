import type { Resource } from "../../../testing/edges/configuration";
import { viaService } from "../via-service";
import { type Case, elsewhere, FOREIGN_ACCOUNT } from "./world";

/** Calls on one resource that a role may make. */
interface May {
  readonly actions: readonly string[];
  readonly on: string;
  readonly context?: Readonly<Record<string, string>>;
}

function sessionOf(role: Resource): { readonly arn: string } {
  const name = role.arn.split("/").at(-1);
  return { arn: `arn:aws:sts::${role.account}:assumed-role/${name}/session` };
}

/** Of all the calls in `tried`, the role may make those in `may` and no others. */
export function callsOf(
  role: Resource,
  why: string,
  { may = [], mayNot = [] }: { readonly may?: readonly May[]; readonly mayNot?: readonly May[] },
): readonly Case[] {
  const each = (expected: Case["expected"]) => (all: readonly May[]) =>
    all.flatMap(({ actions, on, context }) =>
      actions.map(
        (action): Case => ({
          why,
          expected,
          principal: sessionOf(role),
          role,
          action,
          resource: on,
          context: { "aws:SecureTransport": "true", ...context },
        }),
      ),
    );
  return [...each("allowed")(may), ...each("refused")(mayNot)];
}

type Said = NonNullable<May["context"]>;

/** What a call of KMS says of itself that a service makes in its caller's name. */
export function through(service: string, { region }: Pick<Resource, "region">): Said {
  return viaService(service, region);
}

/** Calls on a key that is for one service's use: by the role itself, through another service, and through the same one elsewhere. */
export function notThrough(service: string, at: Pick<Resource, "region">): readonly Said[] {
  const other = service === "s3" ? "sqs" : "s3";
  const elsewhere = at.region === "us-east-1" ? "eu-west-1" : "us-east-1";
  return [{}, through(other, at), through(service, { region: elsewhere })];
}

/** Who may take a role: its service and nobody else. */
export function trustCases(role: Resource, service: string): readonly Case[] {
  const take = (expected: Case["expected"], why: string, more: Partial<Case>): Case => ({
    why,
    expected,
    principal: { service },
    action: "sts:AssumeRole",
    resource: role.arn,
    ...more,
  });
  return [
    take("allowed", "the service that works with the role", {}),
    take("refused", "the service naming the session", { action: "sts:SetSourceIdentity" }),
    take("refused", "another service", { principal: { service: "ec2.amazonaws.com" } }),
    take("refused", "an administrator of the account", {
      principal: { arn: `arn:aws:iam::${role.account}:role/administrator` },
      administrator: true,
    }),
    take("refused", "an administrator of another account", {
      principal: { arn: `arn:aws:iam::${FOREIGN_ACCOUNT}:role/administrator` },
      administrator: true,
    }),
  ];
}

/** Who may take a role where it is for one source: its service in the name of that source, not of a neighbour or another account's. */
export function sourceTrustCases(role: Resource, service: string, sourceArn: string): readonly Case[] {
  const named = (arn: string) => ({ "aws:SourceArn": arn, "aws:SourceAccount": arn.split(":")[4] ?? "" });
  return [
    ...trustCases(role, service).map((each) => ({ ...each, context: named(sourceArn) })),
    ...[`${sourceArn}-2`, elsewhere(sourceArn)].map(
      (other): Case => ({
        why: `the service in the name of ${other}`,
        expected: "refused",
        principal: { service },
        action: "sts:AssumeRole",
        resource: role.arn,
        context: named(other),
      }),
    ),
  ];
}

/** Calls of no pattern here, which a wildcard would let through. */
export function anythingElse(role: Resource): readonly Case[] {
  const account = `${role.region}:${role.account}`;
  return callsOf(role, "nothing of its business", {
    mayNot: [
      { actions: ["iam:PassRole", "sts:AssumeRole"], on: role.arn },
      { actions: ["s3:GetObject"], on: "arn:aws:s3:::anybodys/object" },
      { actions: ["secretsmanager:GetSecretValue"], on: `arn:aws:secretsmanager:${account}:secret:any` },
      { actions: ["lambda:InvokeFunction"], on: `arn:aws:lambda:${account}:function:any` },
      { actions: ["dynamodb:PutItem", "dynamodb:Scan"], on: `arn:aws:dynamodb:${account}:table/any` },
      { actions: ["sqs:ReceiveMessage", "sqs:SendMessage"], on: `arn:aws:sqs:${account}:any` },
      { actions: ["sns:Publish"], on: `arn:aws:sns:${account}:any` },
      { actions: ["ec2:TerminateInstances", "ec2:AuthorizeSecurityGroupIngress"], on: "*" },
    ],
  });
}
