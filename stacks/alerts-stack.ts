import type { App } from "cdktf";
import { OtherRegion, type TopicRef } from "../modules/core";
import {
  ApiCallAlert,
  rootSignIn,
  securityGroupOpening,
  tableDeletion,
  trailTampering,
} from "../modules/event-processing/api-call-alert";
import type { AccountTrail } from "../modules/operations/account-trail";
import { AlarmTopic } from "../modules/operations/alarm-topic";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

export interface AlertsStackProps {
  readonly alarmTopic: TopicRef;
  /** Whose log bucket and key are watched too. @default - none: the account's trail is not made here */
  readonly accountTrail?: AccountTrail;
}

/** Calls to AWS that should not happen: `trail → default bus → rules → encrypted topic → mail`, global services' by us-east-1. */
export class AlertsStack extends EnvironmentStack {
  constructor(app: App, environment: Environment, { alarmTopic, accountTrail }: AlertsStackProps) {
    super(app, "alerts", environment, { alarmTopic });
    const { alarmEmail: email } = environment;
    // CloudWatch calls topics of its own region only, and what forwards global services' calls stands there.
    const usEast1 = new OtherRegion(this, "us-east-1", { region: "us-east-1", provider: this.usEast1 });
    new ApiCallAlert(this, "api-calls", {
      calls: {
        "table-deleted": tableDeletion(),
        "group-opened": securityGroupOpening(),
        "root-in": rootSignIn(),
        "trail-changed": trailTampering(accountTrail),
      },
      email,
      usEast1: this.usEast1,
      usEast1AlarmTopic: new AlarmTopic(usEast1, "alarms", { email }),
    });
  }
}
