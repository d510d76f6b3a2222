import type { PolicyStatement, Principals } from "./policy";

/** Who makes a request: an IAM user, role, role session or account root by ARN, or an AWS service by name. */
export type Principal = { readonly arn: string } | { readonly service: string };

/** How closely a statement names a principal: itself by ARN, everybody, its role, or only its account. */
export type Naming = "identity" | "everybody" | "role" | "account";

const ACCOUNT = /^(?:\d{12}|arn:[\w-]+:iam::(\d{12}):root)$/;
const SESSION = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/;

/** The twelve digits of an ARN's account; none for an ARN that has none. */
export function accountOf(arn: string): string | undefined {
  const account = arn.split(":")[4];
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}

/** The ARN of a session's role, which has no path; any other ARN as it is. */
function roleOf(arn: string): string {
  return arn.replace(SESSION, "arn:$1:iam::$2:role/$3");
}

/** What every request says of its principal. IAM user guide, "Global condition context keys". */
export function principalContext(principal: Principal): Readonly<Record<string, string>> {
  if ("service" in principal) {
    return { "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal.service };
  }
  return {
    "aws:PrincipalArn": roleOf(principal.arn),
    "aws:PrincipalAccount": accountOf(principal.arn) ?? "",
    "aws:PrincipalIsAWSService": "false",
  };
}

/**
 * How a statement of a resource's policy names a principal, closest first; nothing where it does not apply.
 * A principal is named whole: AWS knows no wildcard within one (IAM user guide, "AWS JSON policy elements: Principal").
 */
export function namingOf(
  { principals, notPrincipals }: PolicyStatement,
  principal: Principal,
): Naming | undefined {
  if (notPrincipals !== undefined)
    return namings(notPrincipals, principal).length > 0 ? undefined : "everybody";
  const all = principals === undefined ? [] : namings(principals, principal);
  return (["identity", "everybody", "role", "account"] as const).find((naming) => all.includes(naming));
}

function namings(principals: Principals, principal: Principal): readonly Naming[] {
  if (principals === "*") return ["everybody"];
  // `{ AWS: "*" }` is the same as `"*"`: services too, as in the older policies for S3 and SNS.
  const everybody = principals.AWS?.includes("*") ? (["everybody"] as const) : [];
  if ("service" in principal) {
    return [
      ...everybody,
      ...(principals.Service?.includes(principal.service) ? (["identity"] as const) : []),
    ];
  }
  return [...everybody, ...(principals.AWS ?? []).flatMap((named) => namingByArn(named, principal.arn))];
}

function namingByArn(named: string, arn: string): readonly Naming[] {
  const account = ACCOUNT.exec(named);
  if (account !== null) return accountOf(arn) === (account[1] ?? named) ? ["account"] : [];
  // A role's ARN is limited by its boundary, a user's or a session's is not: so "role" and not "identity".
  if (named === arn) return [/:role\//.test(arn) ? "role" : "identity"];
  return SESSION.test(arn) && withoutPath(named) === roleOf(arn) ? ["role"] : [];
}

/** A session's ARN names its role without the path. */
function withoutPath(roleArn: string): string {
  return roleArn.replace(/:role\/.*\//, ":role/");
}
