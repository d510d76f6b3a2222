import type { App } from "cdktf";
import { Network } from "../modules/network";
import type { Environment } from "./environment";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** Where an environment's things are placed: `internet → public → private → isolated`. */
export class NetworkStack extends EnvironmentStack {
  readonly network: Network;

  constructor(app: App, environment: Environment, { alarmTopic }: EnvironmentStackProps) {
    super(app, "network", environment, { alarmTopic });
    this.network = new Network(this, "network");
  }
}
