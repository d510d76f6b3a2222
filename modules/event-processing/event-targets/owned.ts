import { type TerraformResource, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import {
  type Checks,
  factsOf,
  type Grantee,
  type KeyAction,
  type KeyRef,
  type KeyUse,
  keyNamedBy,
  keyStatement,
  regionOf,
} from "../../core";
import { checkPlace, type Encrypted } from "../receivers";

/** What a target is given: a resource of an app here, or the ARN of one from elsewhere. */
interface Given {
  readonly arn: string;
}

export const EVENT_BRIDGE = "EventBridge";

const onlyBuses = (here: string) =>
  `and ${EVENT_BRIDGE} calls from ${here} into another region only buses: send to a bus there, and to the target from it`;

/** Records a resource whose policy would name the rule while the rule's target names it, each from another stack. */
export function checkHome(checks: Checks, name: string, scope: Construct, resource: TerraformResource): void {
  const here = factsOf(scope).region;
  const sender = { service: EVENT_BRIDGE, stack: TerraformStack.of(scope), region: here };
  checkPlace(checks, sender, {
    name,
    resource,
    inStack:
      "and its policy would name the rule while the rule names it: make the rule in that stack, or hand in its ARN and allow " +
      "the rule's where it is made",
    inRegion: onlyBuses(here),
  });
}

/** Records an ARN that is none of a service's, or of another region, where EventBridge calls nothing but buses. */
export function checkArn(
  checks: Checks,
  name: string,
  scope: Construct,
  { arn }: Given,
  { service, what }: { readonly service: string; readonly what: string },
): void {
  if (Token.isUnresolved(arn)) return;
  const [prefix, , theirs, region, account = ""] = arn.split(":");
  checks.that(
    prefix === "arn" && theirs === service && /^\d{12}$/.test(account),
    `${name} must be ${what}, got ${JSON.stringify(arn)}`,
  );
  if (theirs !== service) return;
  const here = factsOf(scope).region;
  checks.that(region === here, `${name} is in ${region}, ${onlyBuses(here)}`);
}

/** The key that a resource names, for a role that is allowed to use it: wherever the key was made. */
export function keyRefOf(encrypted: TerraformResource, named: string | undefined): KeyRef | undefined {
  const key = keyNamedBy(encrypted, named);
  if (key === "elsewhere") return { arn: named as string };
  return key === "aws" ? undefined : key;
}

/** A target, and the key that it says encrypts what its service holds. */
interface Keyed extends Pick<KeyUse, "service"> {
  readonly target: TerraformResource;
  readonly named: string | undefined;
}

/** Allows the role of a target to use the key that the target names, where it names one, through the target's service. */
export function allowKeyOf(
  role: Grantee,
  { target, named, service }: Keyed,
  ...actions: readonly KeyAction[]
): void {
  const key = keyRefOf(target, named);
  if (key === undefined) return;
  role.allow("EncryptForTarget", keyStatement(key, { service, region: regionOf(target) }, ...actions));
}

/** Records a key that a role cannot be allowed to use, because its ARN is not said. */
export function checkKeyRef(checks: Checks, name: string, encrypted: Encrypted): void {
  const arn = keyRefOf(encrypted, encrypted.kmsMasterKeyIdInput)?.arn;
  checks.that(
    arn === undefined || Token.isUnresolved(arn) || arn.startsWith("arn:"),
    `${name} is encrypted with the key ${JSON.stringify(arn)}, and a role is allowed keys by their ARN: name it by its ARN`,
  );
}
