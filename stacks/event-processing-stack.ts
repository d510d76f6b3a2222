import { type App, TerraformOutput } from "cdktf";
import type { AnalyticsEnv } from "../functions/analytics/env";
import type { AuditEnv } from "../functions/audit/env";
import type { BillingEnv } from "../functions/billing/env";
import { NodeFunction } from "../modules/compute";
import { CustomerKey, type TopicRef } from "../modules/core";
import { FanOut } from "../modules/event-processing/fan-out";
import type { NetworkRef } from "../modules/network";
import { Table } from "../modules/storage/table";
import type { Environment } from "./environment";
import { EnvironmentStack } from "./environment-stack";

export interface EventProcessingStackProps {
  readonly network: NetworkRef;
  readonly alarmTopic: TopicRef;
}

/** Orders, to three consumers: `publisher → orders → billing | audit | analytics (large ones) → a table each`. */
export class EventProcessingStack extends EnvironmentStack {
  constructor(app: App, environment: Environment, { network, alarmTopic }: EventProcessingStackProps) {
    super(app, "event-processing", environment, { alarmTopic });

    const orders = new FanOut(this, "orders", {
      subscribers: {
        billing: {},
        audit: {},
        analytics: { filter: { attributes: { total: [{ numeric: [">=", 100] }] } } },
      },
    });

    const { key: encryption } = new CustomerKey(this, "data-key", {
      description: `Tables of ${this.node.path}`,
    });
    const idempotency = new Table(this, "idempotency", {
      partitionKey: "id",
      timeToLiveAttribute: "expiration",
      encryption,
    });
    const invoices = new Table(this, "invoices", { partitionKey: "orderId", encryption });
    const entries = new Table(this, "audit-entries", { partitionKey: "orderId", encryption });
    const totals = new Table(this, "daily-totals", { partitionKey: "day", encryption });
    const variables = (table: Table) => ({
      TABLE_NAME: table.table.name,
      IDEMPOTENCY_TABLE_NAME: idempotency.table.name,
    });

    const billing = new NodeFunction<BillingEnv>(this, "billing", {
      source: "billing",
      environment: variables(invoices),
      network,
    });
    const audit = new NodeFunction<AuditEnv>(this, "audit", {
      source: "audit",
      environment: variables(entries),
      network,
    });
    const analytics = new NodeFunction<AnalyticsEnv>(this, "analytics", {
      source: "analytics",
      environment: variables(totals),
      network,
    });

    orders.subscribers.billing.consumeWith(billing);
    orders.subscribers.audit.consumeWith(audit, { maximumConcurrency: 5 });
    orders.subscribers.analytics.consumeWith(analytics, { batchSize: 100, batchingWindowSeconds: 5 });
    invoices.grant(billing, "PutItem");
    entries.grant(audit, "PutItem");
    totals.grant(analytics, "UpdateItem");
    for (const consumer of [billing, audit, analytics])
      idempotency.grant(consumer, "DeleteItem", "PutItem", "UpdateItem");

    new TerraformOutput(this, "orders_topic_arn", { value: orders.topic.arn });
    new TerraformOutput(this, "tables", {
      value: { billing: invoices.table.name, audit: entries.table.name, analytics: totals.table.name },
    });
  }
}
