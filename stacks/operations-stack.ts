import type { App } from "cdktf";
import { AccountTrail } from "../modules/operations/account-trail";
import { AlarmTopic } from "../modules/operations/alarm-topic";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

/** What watches over an environment: `alarms → encrypted topic → mail`, and the account's trail where nobody else makes it. */
export class OperationsStack extends EnvironmentStack {
  readonly alarmTopic: AlarmTopic;
  readonly accountTrail?: AccountTrail;

  constructor(app: App, environment: Environment) {
    super(app, "operations", environment, { alarmTopic: "none" });
    this.alarmTopic = new AlarmTopic(this, "alarms", { email: environment.alarmEmail });
    if (environment.accountTrail === "make") this.accountTrail = new AccountTrail(this, "account-trail");
  }
}
