import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { type Facts, provideFacts, silenceTokenTraces } from "../modules/core";
import { isOn } from "../scripts/support/is-on";
import { Synthesized } from "./synthesized";

const ALARMS = "arn:aws:sns:eu-west-1:123456789012:alarms";

/** Facts of nowhere in particular, for tests. */
export const someFacts: Facts = {
  account: "123456789012",
  region: "eu-west-1",
  network: { cidr: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b"], nat: "none" },
  deletion: "allow",
  logRetentionDays: 30,
  functionArchitecture: "arm64",
  alarmTopic: { arn: ALARMS },
  accountTrail: "make",
};

/**
 * Synthesises one stack with a provider and facts, the whole way: aspects, preparation, validations.
 * @param facts in place of those of {@link someFacts}; the provider's region is theirs, and another region needs its own
 * zones too (`network`); the alarm topic is one of that region unless they say another
 * @throws Error with the messages of every validation, or every fault of the facts
 */
export function synthesize(build: (stack: TerraformStack) => void, facts: Partial<Facts> = {}): Synthesized {
  const all = synthesizeApp((app) => {
    const stack = new TerraformStack(app, "test");
    const region = facts.region ?? someFacts.region;
    const alarmTopic = { arn: ALARMS.replace(someFacts.region, region) };
    const given = { ...someFacts, alarmTopic, ...facts };
    new AwsProvider(stack, "aws", { region: given.region });
    provideFacts(stack, given);
    build(stack);
  });
  return all.test as Synthesized;
}

/**
 * Synthesises all stacks of an app, the whole way, and reads them: cross-stack references are right, because every
 * stack is prepared before the first is written, and the time grows with the size and no faster (`Testing.synth` does
 * neither). Token stack traces are off meanwhile, unless the variable `DEBUG_TOKEN_TRACES` is on (empty and `0` are
 * off).
 * @returns the stacks by id
 * @throws Error with the messages of every validation
 */
export function synthesizeApp(build: (app: App) => void): Readonly<Record<string, Synthesized>> {
  const outdir = mkdtempSync(join(tmpdir(), "synthesize-"));
  try {
    withoutTokenTraces(() => {
      const app = new App({ outdir });
      build(app);
      app.synth();
    });
    const { stacks } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8"));
    return Object.fromEntries(
      Object.values<{ name: string; synthesizedStackPath: string }>(stacks).map(
        ({ name, synthesizedStackPath }) => [
          name,
          new Synthesized(JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8"))),
        ],
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Does work without the stack traces of tokens, unless `DEBUG_TOKEN_TRACES` is on, and leaves the process as it was. */
export function withoutTokenTraces(work: () => void): void {
  const restore = isOn(process.env.DEBUG_TOKEN_TRACES) ? () => {} : silenceTokenTraces();
  try {
    work();
  } finally {
    restore();
  }
}
