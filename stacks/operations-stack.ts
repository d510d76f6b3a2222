import type { App } from "cdktf";
import { AlarmTopic } from "../modules/operations/alarm-topic";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

/** What watches over an environment: `alarms → encrypted topic → mail`. */
export class OperationsStack extends EnvironmentStack {
  readonly alarmTopic: AlarmTopic;

  constructor(app: App, environment: Environment) {
    super(app, "operations", environment, { alarmTopic: "none" });
    this.alarmTopic = new AlarmTopic(this, "alarms", { email: environment.alarmEmail });
  }
}
