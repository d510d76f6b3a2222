import type { Arguments } from "../../testing";
import { CANARIES, type Format, isPlanted, resourcesOf } from "./stack-copy";

/** What each format says of each stack, by stack id. */
export type Findings = Readonly<Record<Format, ReadonlyMap<string, readonly AddressedResult[]>>>;

/** A result with the address of its resource; `provider.aws` for a provider. */
export interface AddressedResult {
  readonly address: string;
  readonly check: string;
  readonly name: string;
  readonly passed: boolean;
}

/** A check that a resource fails. */
interface Failure {
  /** e.g. `aws_sqs_queue.orders`; `provider.aws` for a provider. */
  readonly address: string;
  readonly check: string;
  /** What it asks for, in checkov's words. */
  readonly name: string;
}

/** A check that somebody said is wrong about a resource. */
export interface Skip {
  readonly address: string;
  readonly check: string;
  readonly reason: string;
}

/** What the scan says of a stack. A check counts once a resource, in however many formats it was made. */
export interface StackReport {
  readonly stack: string;
  readonly passed: number;
  readonly failed: readonly Failure[];
  readonly skipped: readonly Skip[];
  /** Skips that meet no finding: the check passes, or does not exist. */
  readonly unmet: readonly Skip[];
  /** Resources that were not looked at in a format that knows others of their type: `terraform_plan aws_sqs_queue.a`. */
  readonly overlooked: readonly string[];
}

/** What `skipCheck` left beside the resources of a stack. */
export function skipsOf(json: Arguments): readonly Skip[] {
  return [...resourcesOf(json)].flatMap(([address, resource]) =>
    Object.entries<string>(resource["//"]?.skip_checks ?? {}).map(([check, reason]) => ({
      address,
      check,
      reason,
    })),
  );
}

/**
 * The planted faults that were not found: whatever else was said of such a stack is worth nothing.
 * @returns one line a fault
 */
export function blindSpots(stacks: readonly string[], findings: Findings): readonly string[] {
  const formats = Object.entries(CANARIES) as [Format, (typeof CANARIES)[Format]][];
  return stacks.flatMap((stack) =>
    formats.flatMap(([format, planted]) =>
      planted
        .filter(
          ([address, check]) =>
            !findings[format]
              .get(stack)
              ?.some((each) => each.address === address && each.check === check && !each.passed),
        )
        .map(([address, check]) => `${stack} (${format}): ${check} of ${address}`),
    ),
  );
}

/** Subtracts the skips of each stack from its findings, and looks for what was overlooked. */
export function judge(
  stacks: readonly { readonly id: string; readonly json: Arguments }[],
  findings: Findings,
): readonly StackReport[] {
  const formats = Object.entries(findings) as [Format, Findings[Format]][];
  const known = new Map(
    formats.map(([format, byStack]) => [
      format,
      new Set([...byStack.values()].flat().map(({ address }) => typeOf(address))),
    ]),
  );
  return stacks.map(({ id, json }) => {
    const of = (format: Format) => findings[format].get(id) ?? [];
    const results = formats.flatMap(([format]) => of(format)).filter(({ address }) => !isPlanted(address));
    const overlooked = formats.flatMap(([format]) => {
      const seen = new Set(of(format).map(({ address }) => address));
      return [...resourcesOf(json).keys()]
        .filter((address) => known.get(format)?.has(typeOf(address)) && !seen.has(address))
        .map((address) => `${format} ${address}`);
    });
    return { stack: id, ...subtract(results, skipsOf(json)), overlooked };
  });
}

function subtract(
  results: readonly AddressedResult[],
  skips: readonly Skip[],
): Pick<StackReport, "passed" | "failed" | "skipped" | "unmet"> {
  const failures = new Map<string, Failure>();
  for (const { passed, ...failure } of results) if (!passed) failures.set(keyOf(failure), failure);
  const meant = new Map(skips.map((skip) => [keyOf(skip), skip]));
  const passed = new Set(results.map(keyOf).filter((key) => !failures.has(key)));
  return {
    passed: passed.size,
    failed: [...failures].filter(([key]) => !meant.has(key)).map(([, failure]) => failure),
    skipped: skips.filter((skip) => failures.has(keyOf(skip))),
    unmet: skips.filter((skip) => !failures.has(keyOf(skip))),
  };
}

function keyOf({ address, check }: { readonly address: string; readonly check: string }): string {
  return `${check} ${address}`;
}

function typeOf(address: string): string {
  return address.split(".")[0] as string;
}
