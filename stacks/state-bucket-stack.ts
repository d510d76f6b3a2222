import type { App } from "cdktf";
import { Checks } from "../modules/core";
import { StateBucket } from "../modules/operations/state-bucket";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

/**
 * The bucket that holds the state of an environment's other stacks. Its own state is a file, since the bucket is not
 * there yet: `npm run bootstrap -- dev`, once an account (docs/bootstrap.md).
 */
export class StateBucketStack extends EnvironmentStack {
  constructor(app: App, environment: Environment) {
    super(app, "state-bucket", { ...environment, state: { kind: "local-file" } }, { alarmTopic: "none" });
    new StateBucket(this, "state", { bucket: bucketOf(environment) });
  }
}

function bucketOf({ name, state }: Environment): string {
  new Checks("state-bucket", name)
    .that(state.kind === "s3", `environment "${name}" keeps its state in a file: it needs no bucket`)
    .done();
  return (state as Extract<typeof state, { kind: "s3" }>).bucket;
}
