import type { App } from "cdktf";
import { ApiGatewayAccount } from "../modules/api/api-gateway-account";
import { AccountTrail } from "../modules/operations/account-trail";
import { AlarmTopic } from "../modules/operations/alarm-topic";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

/**
 * What watches over an environment: `alarms → encrypted topic → mail`, and what an account has once: that API Gateway may write
 * logs, and the trail where nobody else makes it.
 */
export class OperationsStack extends EnvironmentStack {
  readonly alarmTopic: AlarmTopic;
  readonly accountTrail?: AccountTrail;

  constructor(app: App, environment: Environment) {
    super(app, "operations", environment, { alarmTopic: "none" });
    this.alarmTopic = new AlarmTopic(this, "alarms", { email: environment.alarmEmail });
    new ApiGatewayAccount(this, "api-gateway");
    if (environment.accountTrail === "make") this.accountTrail = new AccountTrail(this, "account-trail");
  }
}
