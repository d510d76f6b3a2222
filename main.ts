import { selectEnvironments } from "./stacks/environment";
import { allEnvironments, awsEnvironments } from "./stacks/environments";
import { EventProcessingStack } from "./stacks/event-processing-stack";
import { NetworkStack } from "./stacks/network-stack";
import { OperationsStack } from "./stacks/operations-stack";
import { patternsApp } from "./stacks/patterns-app";

const { ENVIRONMENTS, DEBUG_TOKEN_TRACES } = process.env;

const app = patternsApp({ debug: DEBUG_TOKEN_TRACES !== undefined });
for (const environment of selectEnvironments(allEnvironments, awsEnvironments, ENVIRONMENTS)) {
  const { alarmTopic } = new OperationsStack(app, environment);
  const { network } = new NetworkStack(app, environment, { alarmTopic });
  new EventProcessingStack(app, environment, { network, alarmTopic });
}
app.synth();
