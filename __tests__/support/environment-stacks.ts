import type { App } from "cdktf";
import { AlertsStack } from "../../stacks/alerts-stack";
import { ClicksStack } from "../../stacks/clicks-stack";
import type { Environment } from "../../stacks/environment";
import { EventProcessingStack } from "../../stacks/event-processing-stack";
import { NetworkStack } from "../../stacks/network-stack";
import { OperationsStack } from "../../stacks/operations-stack";
import { PicturesStack } from "../../stacks/pictures-stack";
import { type Synthesized, synthesizeApp } from "../../testing";

/** The names of an environment's stacks, in their order. */
export const stackNames = ["operations", "network", "event-processing", "pictures", "clicks", "alerts"];

/** The stacks of an environment, as main.ts puts them together; a test holds the names against what main.ts writes. */
function placeStacks(app: App, environment: Environment): void {
  const { alarmTopic, accountTrail } = new OperationsStack(app, environment);
  const { network } = new NetworkStack(app, environment, { alarmTopic });
  new EventProcessingStack(app, environment, { network, alarmTopic });
  new PicturesStack(app, environment, { alarmTopic });
  new ClicksStack(app, environment, { alarmTopic });
  new AlertsStack(app, environment, { alarmTopic, accountTrail });
}

/** Every stack of an environment, synthesised. */
export const stacksOf = (environment: Environment): readonly Synthesized[] =>
  Object.values(synthesizeApp((app) => placeStacks(app, environment)));

/** One of them, by its name without the environment's. */
export const stackOf = (name: string, environment: Environment): Synthesized => {
  const stack = synthesizeApp((app) => placeStacks(app, environment))[`${environment.name}-${name}`];
  if (stack === undefined) throw new Error(`${environment.name} has no stack ${name}`);
  return stack;
};
