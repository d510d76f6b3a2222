import { Address4 } from "ip-address";
import type { Checks } from "./checks";

/** Wider is refused by AWS; narrower leaves public subnets below /28, the smallest that AWS takes. */
const VPC_PREFIX = { min: 16, max: 22 };

/** An IPv4 range with its mask and no host bits set; nothing for any other text. */
export function parseCidr(cidr: string): Address4 | undefined {
  const range = /^[\d.]+\/\d+$/.test(cidr) && Address4.isValid(cidr) ? new Address4(cidr) : undefined;
  return range?.networkForm() === cidr ? range : undefined;
}

/** Records why a range cannot be a VPC's. */
export function checkVpcRange(checks: Checks, name: string, cidr: string): void {
  const range = parseCidr(cidr);
  if (range === undefined) {
    checks.that(
      false,
      `${name} must be an IPv4 range with no host bits set, known at synthesis, such as 10.0.0.0/16, got "${cidr}"`,
    );
    return;
  }
  checks.that(
    range.subnetMask >= VPC_PREFIX.min && range.subnetMask <= VPC_PREFIX.max,
    `${name} must be between /${VPC_PREFIX.min} and /${VPC_PREFIX.max}, got ${cidr}: ` +
      (range.subnetMask > VPC_PREFIX.max
        ? "too small, public subnets would fall below /28, the smallest that AWS takes"
        : "larger than AWS allows"),
  );
}
