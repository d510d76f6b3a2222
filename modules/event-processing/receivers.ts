import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { type TerraformResource, TerraformStack } from "cdktf";
import { type Checks, keyNamedBy, regionOf } from "../core";

/** A resource that says which key encrypts it: a queue or a topic. */
export type Encrypted = TerraformResource & { readonly kmsMasterKeyIdInput?: string };

/** A service that sends in the name of one resource and without a role: whoever receives must let it in, and so must its key. */
interface Sender {
  /** Such as `EventBridge`. */
  readonly service: string;
  readonly stack: TerraformStack;
  readonly region: string;
}

/** What a receiver is called in its faults, and what to do where it stands in another place than the sender. */
interface Receiver<R extends TerraformResource> {
  /** Such as `targets.inbox.to`. */
  readonly name: string;
  readonly resource: R;
  /** Why another stack will not do, and what will. */
  readonly inStack: string;
  /** The same of another region. */
  readonly inRegion: string;
}

/** Records a receiver of another stack, whose policy would name the sender while the sender names it, or of another region. */
export function checkPlace(
  checks: Checks,
  { stack, region }: Sender,
  { name, resource, inStack, inRegion }: Receiver<TerraformResource>,
): void {
  const home = TerraformStack.of(resource);
  checks.that(home === stack, `${name} is made in stack "${home.node.id}", ${inStack}`);
  const theirs = regionOf(resource);
  checks.that(theirs === region, `${name} is in ${theirs}, ${inRegion}`);
}

/** Records a key that a sender without a role could not be let use, because its policy is not ours to extend. */
export function checkKey(
  checks: Checks,
  { service }: Pick<Sender, "service">,
  { name, resource }: Pick<Receiver<Encrypted>, "name" | "resource">,
): void {
  const key = keyNamedBy(resource, resource.kmsMasterKeyIdInput);
  checks.that(
    key !== "aws",
    `${name} is encrypted with an AWS-managed key, whose policy lets no AWS service send and cannot be changed, so that ` +
      "nothing would arrive: encrypt it with a KmsKey of this stack, or a queue with SQS's own (sqsManagedSseEnabled)",
  );
  checks.that(
    key !== "elsewhere",
    `${name} is encrypted with a key made elsewhere or named by an alias, whose policy we do not own, so that ${service} could ` +
      "not be let in and nothing would arrive: encrypt it with the ARN of a KmsKey of this stack, or hand in its own ARN and " +
      `let its owner grant ${service}`,
  );
  checks.that(
    typeof key !== "object" || key.policyInput === undefined,
    `${name} is encrypted with a key with an inline policy, which we cannot extend: leave \`policy\` out and ` +
      "add its statements with keyPolicy(key).add(…)",
  );
}

/** The key that encrypts a receiver, where its policy is ours to extend. */
export function ownKey(receiver: Encrypted): KmsKey | undefined {
  const key = keyNamedBy(receiver, receiver.kmsMasterKeyIdInput);
  return typeof key === "string" ? undefined : key;
}
