import { cpSync, mkdirSync } from "node:fs";
import type { Arguments } from "../../testing";
import type { SynthesisedStack } from "../terraform/manifest";
import { readStackFile, writeStackFile } from "../terraform/stack-file";

/** Tells planted resources from those of the stack. */
const CANARY = "checkov-canary";

/**
 * Faults planted in the copy of every stack: what the scanner must find wherever it has really looked. One of each kind
 * of check: of one resource alone, of a resource and what belongs to it, of a policy that names another resource.
 */
const PLANTED: Readonly<Record<string, Arguments>> = {
  aws_sqs_queue: { name: CANARY, sqs_managed_sse_enabled: false },
  aws_s3_bucket: { bucket: CANARY },
  aws_iam_role_policy: {
    name: CANARY,
    role: CANARY,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "*", Resource: "*" },
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: `\${aws_sqs_queue.${CANARY}.arn}` },
      ],
    }),
  },
};

/** The formats that the scanner reads; graph checks see more in the JSON, checks of single values more in the plan. */
export type Format = "terraform_json" | "terraform_plan";

/** What each format must find, by address and check. */
export const CANARIES: Readonly<Record<Format, readonly (readonly [string, string])[]>> = {
  terraform_json: [
    [`aws_sqs_queue.${CANARY}`, "CKV_AWS_27"],
    [`aws_s3_bucket.${CANARY}`, "CKV2_AWS_6"],
    [`aws_iam_role_policy.${CANARY}`, "CKV_AWS_63"],
  ],
  terraform_plan: [
    [`aws_sqs_queue.${CANARY}`, "CKV_AWS_27"],
    [`aws_s3_bucket.${CANARY}`, "CKV2_AWS_6"],
    // Only where the policy is whole: see `withWholePolicies`.
    [`aws_iam_role_policy.${CANARY}`, "CKV_AWS_355"],
  ],
};

/** Whether an address is a planted one. */
export function isPlanted(address: string): boolean {
  return address.endsWith(`.${CANARY}`);
}

/** Copies a stack's folder with the faults planted. */
export function plantedCopy(stack: SynthesisedStack, folder: string): SynthesisedStack {
  mkdirSync(folder, { recursive: true });
  cpSync(stack.folder, folder, { recursive: true });
  const json = readStackFile<Arguments>(stack.folder);
  const resource = { ...json.resource };
  for (const [type, planted] of Object.entries(PLANTED)) {
    resource[type] = { ...resource[type], [CANARY]: planted };
  }
  // As `writeStackFile` lays it out: `addressAt` reads the lines.
  writeStackFile(folder, { ...json, resource });
  return { ...stack, folder };
}

/** Every managed resource of a stack by address. */
export function resourcesOf(json: Arguments): ReadonlyMap<string, Arguments> {
  const types = Object.entries<Record<string, Arguments>>(json.resource ?? {});
  return new Map(
    types.flatMap(([type, all]) => Object.entries(all).map(([id, each]) => [`${type}.${id}`, each] as const)),
  );
}

/**
 * The address of the resource that a line belongs to, in a stack laid out with two blanks a level. In JSON the scanner
 * names a resource without its type, and two types may share an id.
 * @param line counted from 1
 */
export function addressAt(text: string, line: number): string | undefined {
  let type: string | undefined;
  let address: string | undefined;
  let inResources = false;
  for (const each of text.split("\n").slice(0, line)) {
    const [, blanks = "", name] = /^( +)(?:"([^"]+)": \{)?/.exec(each) ?? [];
    if (blanks.length === 2) inResources = name === "resource";
    else if (blanks.length === 4) type = name;
    else if (blanks.length === 6) address = name === undefined ? undefined : `${type}.${name}`;
  }
  return inResources ? address : undefined;
}
