import {
  Aspects,
  type IAspect,
  TerraformDataSource,
  TerraformProvider,
  TerraformResource,
  TerraformStack,
} from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { Checks } from "./checks";
import { checkAlarmTopic } from "./facts";
import { factsOf, placeFacts } from "./facts-of";
import type { TopicRef } from "./refs";
import { type Region, regions } from "./regions";

export interface OtherRegionProps {
  readonly region: Region;
  /** That region's provider in the same stack, with an alias, such as `usEast1` of an `EnvironmentStack`. */
  readonly provider: TerraformProvider;
  /**
   * Where the alarms of what stands there go: CloudWatch calls topics of its own region only.
   * @default "none", so that they show in the console and call nobody
   */
  readonly alarmTopic?: TopicRef | "none";
}

/**
 * A place in another region: `what is made below → the provider of that region`, with the environment's facts but for the
 * region and where alarms go. Its network is none of that region's: nothing there can be placed in it.
 */
export class OtherRegion extends Construct {
  constructor(scope: Construct, id: string, { region, provider, alarmTopic = "none" }: OtherRegionProps) {
    super(scope, id);
    checkProps(this, { region, provider, alarmTopic });
    placeFacts(this, { ...factsOf(scope), region, alarmTopic });
    Aspects.of(this).add(new Abroad(provider));
  }
}

/** Hands each resource and data source the provider of its region, unless it has one that somebody chose. */
class Abroad implements IAspect {
  constructor(private readonly provider: TerraformProvider) {}

  visit(node: IConstruct): void {
    const placed =
      TerraformResource.isTerraformResource(node) || TerraformDataSource.isTerraformDataSource(node);
    if (placed) node.provider ??= this.provider;
  }
}

function checkProps(scope: Construct, { region, provider, alarmTopic }: OtherRegionProps): void {
  const { alias, regionInput } = provider as TerraformProvider & { readonly regionInput?: string };
  const checks = new Checks("other region", scope);
  checks.oneOf("region", region, regions);
  checks.that(
    TerraformProvider.isTerraformProvider(provider) && alias !== undefined,
    "provider must be one with an alias: the one without is the stack's own, of the environment's region",
  );
  checks.oneOf("provider's region", regionInput, [region], "what stands here is to be in that region");
  checks.that(
    TerraformStack.of(provider) === TerraformStack.of(scope),
    `provider is one of stack "${TerraformStack.of(provider).node.id}": make one in this stack`,
  );
  checkAlarmTopic(checks, "alarmTopic", alarmTopic, region);
  checks.done();
}
