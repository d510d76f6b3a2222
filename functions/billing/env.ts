export interface BillingEnv {
  readonly TABLE_NAME: string;
  readonly IDEMPOTENCY_TABLE_NAME: string;
}
