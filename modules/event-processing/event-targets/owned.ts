import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { type TerraformResource, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { type Checks, factsOf, type KeyRef, keyNamedBy, regionOf } from "../../core";

/** What a target is given: a resource of an app here, or the ARN of one from elsewhere. */
interface Given {
  readonly arn: string;
}

/** A resource that says which key encrypts it. */
export type Encrypted = TerraformResource & { readonly kmsMasterKeyIdInput?: string };

/** Records a resource whose policy would name the rule while the rule's target names it, each from another stack. */
export function checkHome(checks: Checks, name: string, scope: Construct, resource: TerraformResource): void {
  const home = TerraformStack.of(resource);
  checks.that(
    home === TerraformStack.of(scope),
    `${name} is made in stack "${home.node.id}", and its policy would name the rule while the rule names it: ` +
      "make the rule in that stack, or hand in its ARN and allow the rule's where it is made",
  );
  const [theirs, here] = [regionOf(resource), factsOf(scope).region];
  checks.that(
    theirs === here,
    `${name} is in ${theirs}, and EventBridge calls from ${here} into another region only buses: ` +
      "send to a bus there, and to the target from it",
  );
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
  checks.that(
    region === here,
    `${name} is in ${region}, and EventBridge calls from ${here} into another region only buses: ` +
      "send to a bus there, and to the target from it",
  );
}

/** Records a key that EventBridge, a sender without a role, could not be let use. */
export function checkKey(checks: Checks, name: string, encrypted: Encrypted): void {
  const key = keyNamedBy(encrypted, encrypted.kmsMasterKeyIdInput);
  checks.that(
    key !== "aws",
    `${name} is encrypted with an AWS-managed key, whose policy lets no AWS service send: every event would be lost; ` +
      "encrypt it with a KmsKey of this stack",
  );
  checks.that(
    key !== "elsewhere",
    `${name} is encrypted with a key made elsewhere, whose policy we do not own, so that EventBridge could not be let in: ` +
      "encrypt it with a KmsKey of this stack, or hand in its ARN and let its owner grant EventBridge",
  );
}

/** The key that encrypts a resource, where its policy is ours to extend. */
export function ownKey(encrypted: Encrypted): KmsKey | undefined {
  const key = keyNamedBy(encrypted, encrypted.kmsMasterKeyIdInput);
  return typeof key === "string" ? undefined : key;
}

/** The key that a resource names, for a role that is allowed to use it: wherever the key was made. */
export function keyRefOf(encrypted: TerraformResource, named: string | undefined): KeyRef | undefined {
  const key = keyNamedBy(encrypted, named);
  if (key === "elsewhere") return { arn: named as string };
  return key === "aws" ? undefined : key;
}

/** Records a key that a role cannot be allowed to use, because its ARN is not said. */
export function checkKeyRef(checks: Checks, name: string, encrypted: Encrypted): void {
  const arn = keyRefOf(encrypted, encrypted.kmsMasterKeyIdInput)?.arn;
  checks.that(
    arn === undefined || Token.isUnresolved(arn) || arn.startsWith("arn:"),
    `${name} is encrypted with the key ${JSON.stringify(arn)}, and a role is allowed keys by their ARN: name it by its ARN`,
  );
}
