import { parseArgs } from "node:util";
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
  const known = awsEnvironments.map(({ name }) => name).join(", ");
  if (positionals.length === 0) throw new OperatorError(`name the environment: ${known}`);
  const chosen = [...new Set(positionals)].map((given) => {
    const environment = awsEnvironments.find(({ name }) => name === given);
    if (!environment) throw new OperatorError(`no environment is called "${given}": there are ${known}`);
    return environment;
  });
  const app = patternsApp({ outdir: outputFolder() });
  const stacks = chosen.map((environment) => new StateBucketStack(app, environment).node.id);
  app.synth();
  say(`synthesised ${stacks.join(", ")}; now: npm run apply:synthesised -- ${stacks.join(" ")}`);
  return 0;
});
