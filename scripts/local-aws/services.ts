import type { Emulator } from "./emulators";
import type { EmulatorName } from "./tools";

interface ServiceElsewhere {
  /** The SDK's name for it: `AWS_ENDPOINT_URL_<NAME>` leads its calls elsewhere. */
  readonly service: string;
  /** The resource types whose calls these are. */
  readonly types: RegExp;
  readonly reason: string;
}

/** Which services moto serves. Every other one is ministack's, which runs functions and enforces policies. */
const onMoto: readonly ServiceElsewhere[] = [
  {
    service: "EC2",
    types:
      /^aws_(default_)?(vpc|subnet|route|nat_gateway|eip|internet_gateway|network_acl|network_interface|security_group|flow_log)(_|$)/,
    reason:
      "ministack cannot associate network ACLs, drifts on flow logs and endpoints, and loses the prefix list of a " +
      "security group rule, at which the provider crashes",
  },
  {
    service: "CLOUDWATCH",
    types: /^aws_cloudwatch_metric_alarm$/,
    reason: "ministack forgets most attributes of an alarm",
  },
];

/** The emulator that holds resources of a type. */
export function emulatorOf(type: string): EmulatorName {
  return onMoto.some(({ types }) => types.test(type)) ? "moto" : "ministack";
}

/**
 * The variables that make one AWS account of the two emulators, for Terraform, the SDKs and the CLI.
 * @throws Error when one of the two does not run
 */
export function accountEnvironment(emulators: readonly Emulator[]): Readonly<Record<string, string>> {
  const find = (name: EmulatorName) => {
    const found = emulators.find((emulator) => emulator.name === name);
    if (found === undefined) throw new Error(`${name} was not started`);
    return found;
  };
  const moto = find("moto");
  return {
    ...find("ministack").env,
    ...Object.fromEntries(onMoto.map(({ service }) => [`AWS_ENDPOINT_URL_${service}`, moto.url])),
  };
}
