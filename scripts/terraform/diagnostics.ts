import { OperatorError } from "../support/command";
import { readStackFile } from "./stack-file";

/** What Terraform says with `-json`, as far as we read it. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
  /** e.g. `aws_sqs_queue.orders`; the engine's own faults have none. */
  readonly address?: string;
  /** `context` e.g. `resource.aws_sqs_queue.orders`. */
  readonly snippet?: { readonly context?: string | null; readonly code?: string } | null;
}

/** A diagnostic in the words of the source: which construct, and what is wrong with it. */
export interface Fault {
  /** Construct path, e.g. `dev-orders/orders/audit/Default`; undefined when the fault belongs to no one resource. */
  readonly path?: string;
  /** e.g. `aws_sqs_queue.orders`. */
  readonly address?: string;
  readonly message: string;
}

/** Terraform address → construct path. */
export type ConstructPaths = ReadonlyMap<string, string>;

/** A failed step of Terraform: what failed, and each fault in one line. */
export class TerraformError extends OperatorError {
  constructor(
    readonly stackId: string,
    readonly step: string,
    readonly faults: readonly Fault[],
  ) {
    super(`${stackId}: ${step} failed${faults.map((fault) => `\n  ${describeFault(fault)}`).join("")}`);
  }
}

export function describeFault({ path, address, message }: Fault): string {
  if (path && address) return `${path} (${address}): ${message}`;
  return path || address ? `${path ?? address}: ${message}` : message;
}

interface SynthesisedBlock {
  readonly "//"?: { readonly metadata?: { readonly path?: string } };
}

/**
 * Reads from a stack's `cdk.tf.json` which construct made which resource and data source.
 *
 * @param folder the stack's folder
 */
export function constructPaths(folder: string): ConstructPaths {
  type Blocks = Record<string, Record<string, SynthesisedBlock>>;
  const synthesised = readStackFile<Partial<Record<"resource" | "data", Blocks>>>(folder);
  const paths = new Map<string, string>();
  for (const [kind, prefix] of [
    ["resource", ""],
    ["data", "data."],
  ] as const) {
    for (const [type, blocks] of Object.entries(synthesised[kind] ?? {})) {
      for (const [id, block] of Object.entries(blocks)) {
        const path = block["//"]?.metadata?.path;
        if (path) paths.set(`${prefix}${type}.${id}`, path);
      }
    }
  }
  return paths;
}

/** The construct behind an address; an instance of `count` or `for_each` (`aws_x.y[0]`) belongs to its resource's. */
export function pathOf(paths: ConstructPaths, address: string): string | undefined {
  return paths.get(address) ?? paths.get(address.replace(/\[.*\]$/, ""));
}

/**
 * The errors among the diagnostics, each once: Terraform repeats some, and warnings are no fault.
 */
export function faultsOf(diagnostics: readonly Diagnostic[], paths: ConstructPaths): Fault[] {
  const faults = diagnostics
    .filter(({ severity }) => severity === "error")
    .map((diagnostic): Fault => {
      const message = messageOf(diagnostic);
      const named = addressesOf(diagnostic, message);
      const address = named.find((each) => pathOf(paths, each) !== undefined) ?? diagnostic.address;
      return { address, path: address === undefined ? undefined : pathOf(paths, address), message };
    });
  return [...new Map(faults.map((fault) => [describeFault(fault), fault])).values()];
}

/** Where a diagnostic may say which resource it means; a refused destroy says so in its text only. */
function addressesOf({ address, snippet }: Diagnostic, message: string): string[] {
  const context = snippet?.context?.replace(/^resource\./, "");
  return [address, context, ...(message.match(/\b(data\.)?[a-z]\w*\.[\w-]+/g) ?? [])].filter(
    (each): each is string => Boolean(each),
  );
}

/** The faults in the human text that `init` and others write to standard error. */
export function faultsOfText(text: string): Fault[] {
  const lines = text
    .replace(/[│╷╵]/g, "")
    .split("\n")
    .map((line) => line.trim());
  const paragraphs = lines
    .join("\n")
    .split(/^Error: /m)
    .slice(1);
  // `init` puts this announcement, worded as an error, before the errors proper.
  const proper = paragraphs.filter((paragraph) => !paragraph.startsWith("Terraform encountered problems"));
  const messages = (proper.length > 0 ? proper : paragraphs).map(tidy);
  return (messages.length > 0 ? messages : [tidy(text) || "no message"]).map((message) => ({ message }));
}

function messageOf({ summary, detail }: Diagnostic): string {
  return tidy(detail?.startsWith(summary) ? detail : [summary, detail].filter(Boolean).join(": "));
}

/** One line, and not a page: a rejected policy is quoted whole in the provider's message. */
function tidy(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 600 ? `${line.slice(0, 600)} …` : line;
}
