import type { App } from "cdktf";
import type { TopicRef } from "../modules/core";
import {
  ApiCallAlert,
  rootSignIn,
  securityGroupOpening,
  tableDeletion,
  trailTampering,
} from "../modules/event-processing";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

export interface AlertsStackProps {
  readonly alarmTopic: TopicRef;
}

/** Calls to AWS that should not happen: `trail → default bus → rules → encrypted topic → mail`, global services' by us-east-1. */
export class AlertsStack extends EnvironmentStack {
  constructor(app: App, environment: Environment, { alarmTopic }: AlertsStackProps) {
    super(app, "alerts", environment, { alarmTopic });
    new ApiCallAlert(this, "api-calls", {
      calls: {
        "table-deleted": tableDeletion(),
        "group-opened": securityGroupOpening(),
        "root-in": rootSignIn(),
        "trail-changed": trailTampering(),
      },
      email: environment.alarmEmail,
      usEast1: this.usEast1,
    });
  }
}
