import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "../../support/command";
import { projectRoot } from "../../support/paths";
import { seconds } from "../../support/print";
import type { Report, Section } from "../section";

/** What `npm test` leaves in `.build/layers.json`. */
interface LayersRecord {
  /** When the run ended, ISO 8601. */
  readonly at: string;
  readonly rows: readonly {
    readonly layer: string;
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    /** As the run prints it: `12 s`. */
    readonly time: string;
  }[];
}

/** What we aim at on two cores. Aims and not limits: they do not fail the bench. */
const AIMS: Readonly<Record<string, string>> = { unit: "30 s", "all of the run": "30 min" };

export const layersSection: Section = {
  name: "layers",
  title: "Time of each layer of proof",
  method:
    "Read from the record that the last `npm test` left in `.build/layers.json`; nothing is measured here.",
  measure: () => Promise.resolve(readLayers(join(projectRoot, ".build", "layers.json"))),
};

/**
 * The record as a report; plain words where there is none.
 * @throws OperatorError for a record that it cannot read
 */
export function readLayers(file: string): Report {
  if (!existsSync(file)) {
    return {
      tables: [],
      limits: [],
      reading: "There is no record of a test run here: run `npm test`, then the bench again.",
    };
  }
  const { at, rows } = parse(file);
  const total = rows.reduce((sum, { time }) => sum + millisecondsIn(time, file), 0);
  const all = {
    layer: "all of the run",
    passed: sumOf(rows.map(({ passed }) => passed)),
    failed: sumOf(rows.map(({ failed }) => failed)),
    skipped: sumOf(rows.map(({ skipped }) => skipped)),
    time: seconds(total),
  };
  return {
    tables: [
      [...rows, all].map(({ layer, passed, failed, skipped, time }) => {
        return { layer, passed, failed, skipped, time, aim: AIMS[layer] ?? "-" };
      }),
    ],
    limits: [],
    reading: `The run that ended at ${at} took ${seconds(total)} for the layers in the table, which are all that it ran.`,
  };
}

function parse(file: string): LayersRecord {
  try {
    const record = JSON.parse(readFileSync(file, "utf8")) as Partial<LayersRecord>;
    if (typeof record.at === "string" && Array.isArray(record.rows)) return record as LayersRecord;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw unreadable(file);
}

function millisecondsIn(time: string, file: string): number {
  const value = /^(\d+(?:\.\d+)?) s$/.exec(time)?.[1];
  if (value === undefined) throw unreadable(file);
  return 1000 * Number(value);
}

function unreadable(file: string): OperatorError {
  return new OperatorError(`${file} is no record of a test run: remove it, or run npm test`);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
