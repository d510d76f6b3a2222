import { AlertsStack } from "./stacks/alerts-stack";
import { ClicksStack } from "./stacks/clicks-stack";
import { selectEnvironments } from "./stacks/environment";
import { allEnvironments, awsEnvironments } from "./stacks/environments";
import { EventProcessingStack } from "./stacks/event-processing-stack";
import { NetworkStack } from "./stacks/network-stack";
import { OperationsStack } from "./stacks/operations-stack";
import { patternsApp } from "./stacks/patterns-app";
import { PicturesStack } from "./stacks/pictures-stack";

const { ENVIRONMENTS, DEBUG_TOKEN_TRACES } = process.env;
const debug = DEBUG_TOKEN_TRACES !== undefined;

try {
  const app = patternsApp({ debug });
  for (const environment of selectEnvironments(allEnvironments, awsEnvironments, ENVIRONMENTS)) {
    const { alarmTopic, accountTrail } = new OperationsStack(app, environment);
    const { network } = new NetworkStack(app, environment, { alarmTopic });
    new EventProcessingStack(app, environment, { network, alarmTopic });
    new PicturesStack(app, environment, { alarmTopic });
    new ClicksStack(app, environment, { alarmTopic });
    new AlertsStack(app, environment, { alarmTopic, accountTrail });
  }
  app.synth();
} catch (error) {
  // A refusal is for the reader of its message, not of our stack trace.
  console.error(debug ? error : (error as Error).message);
  process.exitCode = 1;
}
