import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { OperatorError } from "./command";
import { projectRoot } from "./paths";
import { say, seconds, table } from "./print";

/** What a layer of proof has shown. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a layer has shown, and which of its tests failed. */
export interface Shown extends Counts {
  /** Of each failed test where it stands, and how what it said begins. @default - none, or not told */
  readonly failures?: readonly string[];
}

/** One layer of proof. */
export interface Layer {
  readonly name: string;
  /** Whether it takes longer than a developer waits: it runs where it is named, and where everything is required. */
  readonly long?: boolean;
  /** Layers that say the same here run as one where several are chosen: their tests mostly wait. @default - by itself */
  readonly together?: string;
  /** What the layer needs on this machine; throws an OperatorError with the remedy. */
  tools?(signal: AbortSignal): Promise<unknown>;
  /** @param names its own, and of those that run as one with it */
  run(signal: AbortSignal, names: readonly string[]): Promise<Shown>;
}

export interface LayerRow extends Shown {
  /** Its name, or those of layers that ran as one: `e2e, permissions`. */
  readonly layer: string;
  readonly time: string;
}

/** What we read of jest's `--json` report. */
interface Report extends Readonly<Record<string, unknown>> {
  readonly testResults?: readonly {
    readonly name: string;
    /** What broke the file outside its tests. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };
const FAILED: Counts = { ...NOTHING, failed: 1 };

/**
 * The layers that the operator names, or whose names begin so where none is called so (`check` is every `check:…`). Without a
 * name all of them, the long ones only where everything is required.
 *
 * @throws OperatorError for a name that is none: a misspelt layer would pass for one that held
 */
export function chooseLayers(
  layers: readonly Layer[],
  names: readonly string[],
  { requireAll }: { readonly requireAll: boolean },
): readonly Layer[] {
  const exact = new Set(layers.map(({ name }) => name));
  const means = (given: string, { name }: Layer) =>
    exact.has(given) ? name === given : given !== "" && name.startsWith(given);
  const unknown = names.filter((given) => !layers.some((layer) => means(given, layer)));
  if (unknown.length > 0) {
    throw new OperatorError(
      `no layer is called ${unknown.map((name) => `"${name}"`).join(", ")}: ` +
        `the layers are ${layers.map(({ name }) => name).join(", ")}`,
    );
  }
  if (names.length === 0) return layers.filter(({ long = false }) => requireAll || !long);
  return layers.filter((layer) => names.some((given) => means(given, layer)));
}

/**
 * Counts what a run of jest has shown. A test that was switched off in a layer that ran is a failure: its tools are
 * there. So is a run that passed nothing, broke outside its tests, or left no report.
 *
 * @param code jest's exit code
 * @param report the text of its `--json` report; undefined where it left none
 * @returns the counts, and in `why` what the figures alone do not tell
 */
export function countJest(
  code: number,
  report: string | undefined,
): { readonly counts: Shown; readonly why?: string } {
  const figures = parse(report);
  if (!figures) return { counts: FAILED, why: `jest ended with ${code} and left no report` };
  const count = (name: string) => Number(figures[name] ?? 0);
  const passed = count("numPassedTests");
  const idle = count("numPendingTests") + count("numTodoTests");
  const failed = count("numFailedTests") + count("numRuntimeErrorTestSuites") + idle;
  if (failed === 0 && (code !== 0 || passed === 0)) {
    return {
      counts: { ...FAILED, passed },
      why: `jest ended with ${code}, and ${passed === 0 ? "no test passed" : "no test failed"}`,
    };
  }
  const why = idle > 0 ? `${idle} tests were switched off, and their tools are here` : undefined;
  const failures = failuresIn(figures);
  return { counts: { passed, failed, skipped: 0, ...(failures.length > 0 && { failures }) }, why };
}

function failuresIn({ testResults = [] }: Report): readonly string[] {
  return testResults.flatMap(({ name, message = "", assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    const lines = failed.map(({ fullName, failureMessages: [text = ""] = [] }) => [fullName, text] as const);
    const told = lines.length > 0 || assertionResults.length > 0 ? lines : [["", message] as const];
    return told.map(
      ([test, text]) =>
        `${relative(join(projectRoot, "__tests__"), name)}: ${[test, beginningOf(text)].filter(Boolean).join(": ")}`,
    );
  });
}

/** A failed apply tells its faults in the lines after the first. */
const LINES_TOLD = 6;

/** The first lines of what a test said, before where in the code it said it. */
function beginningOf(text: string): string {
  const lines = stripVTControlCharacters(text)
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "");
  const place = lines.findIndex((line) => /^\s+at /.test(line));
  const said = place < 0 ? lines : lines.slice(0, place);
  return said.slice(0, LINES_TOLD).join("\n    ");
}

/**
 * Runs layers one after the other, those together that say so. One that throws has failed and does not keep the others from running.
 *
 * A layer whose tools are missing is skipped by name, and failed where `requireAll`.
 *
 * @throws the signal's reason when the operator asked to stop
 */
export async function runLayers(
  layers: readonly Layer[],
  { requireAll, signal }: { readonly requireAll: boolean; readonly signal: AbortSignal },
): Promise<LayerRow[]> {
  const rows: LayerRow[] = [];
  for (const run of asOne(layers)) {
    const layer = nameOf(run);
    say(`\n=== ${layer} ===`);
    const started = Date.now();
    const counts = await runLayer(run, requireAll, signal);
    rows.push({ layer, ...counts, time: seconds(Date.now() - started) });
  }
  return rows;
}

/** Of layers that run together one, in the place of the first, whose tools and run are all theirs. */
function asOne(layers: readonly Layer[]): readonly Run[] {
  const crews = new Map<string, { readonly first: Layer; readonly names: string[] }>();
  for (const layer of layers) {
    const { name, together = name } = layer;
    const crew = crews.get(together) ?? { first: layer, names: [] };
    crews.set(together, crew);
    crew.names.push(name);
  }
  return [...crews.values()].map(({ first, names }) => ({
    names,
    tools: first.tools,
    run: (signal) => first.run(signal, names),
  }));
}

/** The table of the layers, what failed, and, as its last line, `N passed, N failed, N skipped`. */
export function summary(rows: readonly LayerRow[]): string {
  const { passed, failed, skipped } = total(rows);
  const columns = rows.map(({ layer, passed, failed, skipped, time }) => ({
    layer,
    passed,
    failed,
    skipped,
    time,
  }));
  const failures = rows.flatMap(({ layer, failures = [] }) =>
    failures.map((each) => `\nFAILED ${layer}, ${each}`),
  );
  return `\n${table(columns)}\n${failures.join("")}\n${passed} passed, ${failed} failed, ${skipped} skipped`;
}

export function total(rows: readonly Counts[]): Counts {
  const sum = (measure: keyof Counts) => rows.reduce((all, row) => all + row[measure], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

/** A layer, or several as one. */
interface Run {
  readonly names: readonly string[];
  readonly tools?: Layer["tools"];
  run(signal: AbortSignal): Promise<Shown>;
}

const nameOf = ({ names }: Run) => names.join(", ");

async function runLayer(run: Run, requireAll: boolean, signal: AbortSignal): Promise<Shown> {
  try {
    await run.tools?.(signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof OperatorError)) return broken(run, error, signal);
    const name = nameOf(run);
    say(`${requireAll ? `FAILED ${name} (REQUIRE_ALL)` : `SKIPPED ${name}`}: ${error.message}`);
    return { ...NOTHING, [requireAll ? "failed" : "skipped"]: run.names.length };
  }
  return run.run(signal).catch((error: unknown) => broken(run, error, signal));
}

function broken(run: Run, error: unknown, signal: AbortSignal): Counts {
  signal.throwIfAborted();
  say(
    `FAILED ${nameOf(run)}: ${error instanceof Error && !(error instanceof OperatorError) ? error.stack : error}`,
  );
  return FAILED;
}

function parse(report: string | undefined): Report | undefined {
  try {
    return report === undefined ? undefined : JSON.parse(report);
  } catch {
    // Cut off: jest died while it wrote.
    return undefined;
  }
}
