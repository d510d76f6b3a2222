import { isArnLike, isLike, isResourceLike } from "../../testing/policies/wildcards";
import type { Case, Document, Statement } from "./iam-cases";

/** Where ministack's evaluator answers otherwise than AWS's documentation. */
interface Divergence {
  readonly what: string;
  /** The page of AWS that we follow. */
  readonly document: string;
  /** Whether a case has it: such a case is not compared. */
  has(statement: Statement, where: Where): boolean;
}

interface Where {
  readonly version: string;
  readonly request: Case["request"];
}

const GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide";
const pieces = (text: string) => [{ text, literal: false }];

/** A list that shrinks: an entry under which the two agree on every case is a failure. */
export const divergences: readonly Divergence[] = [
  {
    what: "policy variables are not filled in",
    document: `${GUIDE}/reference_policies_variables.html`,
    has: (statement, { version }) =>
      version === "2012-10-17" &&
      /\$\{/.test(JSON.stringify([statement.Resource, statement.NotResource, statement.Condition])),
  },
  {
    what: "an ARN in a condition is matched as one text, not part by part",
    document: `${GUIDE}/reference_policies_elements_condition_operators.html#Conditions_ARN`,
    has: (statement, { request }) =>
      conditionsOf(statement).some(
        ({ operator, key, values }) =>
          /Arn(Not)?(Like|Equals)/.test(operator) &&
          actualOf(request, key).some((actual) =>
            values.some((value) => isLike(actual, pieces(value)) !== isArnLike(actual, pieces(value))),
          ),
      ),
  },
  {
    what: "a wildcard inside a part of a Resource's ARN reaches across colons",
    document: `${GUIDE}/reference_policies_elements_resource.html`,
    has: ({ Resource = [], NotResource = [] }, { request: { resource } }) =>
      [...Resource, ...NotResource].some(
        (pattern) => isLike(resource, pieces(pattern)) !== isResourceLike(resource, pieces(pattern)),
      ),
  },
  {
    what: "a wildcard within a principal is taken as one",
    document: `${GUIDE}/reference_policies_elements_principal.html`,
    has: (statement) => /\/\*/.test(JSON.stringify(statement.Principal ?? "")),
  },
  {
    what: "a statement with NotPrincipal never applies",
    document: `${GUIDE}/reference_policies_elements_notprincipal.html`,
    has: ({ NotPrincipal }) => NotPrincipal !== undefined,
  },
  {
    what: "aws:PrincipalArn of a role's session is the session, not the role",
    document: `${GUIDE}/reference_policies_condition-keys.html#condition-keys-principalarn`,
    has: (statement, { request: { principal } }) =>
      "arn" in principal &&
      principal.arn.includes(":assumed-role/") &&
      conditionsOf(statement).some(({ key }) => key.toLowerCase() === "aws:principalarn"),
  },
  {
    what: "aws:PrincipalArn of a service is empty, not absent",
    document: `${GUIDE}/reference_policies_condition-keys.html#condition-keys-principalarn`,
    has: (statement, { request: { principal } }) =>
      "service" in principal &&
      conditionsOf(statement).some(
        ({ operator, key }) => key.toLowerCase() === "aws:principalarn" && /^ForA|IfExists$/.test(operator),
      ),
  },
  {
    what: "an empty text counts as a value for ForAllValues",
    document: `${GUIDE}/reference_policies_condition-single-vs-multi-valued-context-keys.html`,
    has: (statement, { request }) =>
      conditionsOf(statement).some(
        ({ operator, key }) => operator.startsWith("ForAllValues:") && actualOf(request, key).includes(""),
      ),
  },
];

/** The divergences of a case, by what they are. */
export function divergencesOf({ request, policies }: Case): readonly string[] {
  const documents = [...policies.identity, policies.resource, policies.boundary].filter(
    (each): each is Document => each !== undefined,
  );
  return divergences
    .filter(({ has }) =>
      documents.some(({ Version: version, Statement: all }) =>
        all.some((each) => has(each, { version, request })),
      ),
    )
    .map(({ what }) => what);
}

function conditionsOf({ Condition = {} }: Statement) {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values })),
  );
}

function actualOf({ context }: Case["request"], key: string): readonly string[] {
  return Object.entries(context)
    .filter(([name]) => name.toLowerCase() === key.toLowerCase())
    .flatMap(([, value]) => value);
}
