import type { Environment } from "../../stacks/environment";
import { EventProcessingStack } from "../../stacks/event-processing-stack";
import { NetworkStack } from "../../stacks/network-stack";
import { OperationsStack } from "../../stacks/operations-stack";
import { synthesizeApp } from "../../testing";

/** The stacks of an environment, as main.ts puts them together. */
export const stacksOf = (environment: Environment) =>
  Object.values(
    synthesizeApp((app) => {
      const { alarmTopic } = new OperationsStack(app, environment);
      const { network } = new NetworkStack(app, environment, { alarmTopic });
      new EventProcessingStack(app, environment, { network, alarmTopic });
    }),
  );
