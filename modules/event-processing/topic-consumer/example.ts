import type { Construct } from "constructs";
import { NodeFunction } from "../../compute";
import { TopicConsumer } from ".";

/** In your project this interface lives beside the handler, in its `env.ts`. */
interface AuditEnv {
  readonly TABLE_NAME: string;
  readonly IDEMPOTENCY_TABLE_NAME: string;
}

/** News to two functions of `functions/`: the second subscribes to the topic of the first, to warnings only. */
export function example(scope: Construct): TopicConsumer {
  const environment: AuditEnv = { TABLE_NAME: "entries", IDEMPOTENCY_TABLE_NAME: "idempotency" };
  const audit = new NodeFunction<AuditEnv>(scope, "audit", { source: "audit", environment });
  const billing = new NodeFunction<AuditEnv>(scope, "billing", { source: "billing", environment });
  const news = new TopicConsumer(scope, "news", { handler: audit });
  new TopicConsumer(scope, "warnings", {
    handler: billing,
    topic: news.topic,
    filter: { attributes: { level: ["warning"] } },
    encryption: news.key,
  });
  return news;
}
