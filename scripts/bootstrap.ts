import { parseArgs } from "node:util";
import { selectEnvironments } from "../stacks/environment";
import { awsEnvironments } from "../stacks/environments";
import { patternsApp } from "../stacks/patterns-app";
import { StateBucketStack } from "../stacks/state-bucket-stack";
import { command, OperatorError } from "./support/command";
import { outputFolder } from "./support/paths";
import { say } from "./support/print";

/**
 * `npm run bootstrap -- dev`: synthesises the stack of the bucket that holds the state of an environment.
 *
 * Once an account; `npm run apply:synthesised -- dev-state-bucket` then applies it (docs/bootstrap.md).
 */
command(async () => {
  const { positionals } = parseArgs({ args: process.argv.slice(2), allowPositionals: true });
  if (positionals.length === 0) {
    throw new OperatorError(`name the environment: ${awsEnvironments.map(({ name }) => name).join(", ")}`);
  }
  const app = patternsApp({ outdir: outputFolder() });
  const stacks = selectEnvironments(awsEnvironments, [], positionals.join(",")).map(
    (environment) => new StateBucketStack(app, environment).node.id,
  );
  app.synth();
  say(`synthesised ${stacks.join(", ")}; now: npm run apply:synthesised -- ${stacks.join(" ")}`);
  return 0;
});
