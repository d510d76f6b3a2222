import type { Construct } from "constructs";
import { type Integration, RestApi } from ".";

/** Answers by itself: an integration of your own is a class with one `bind`. */
class Pong implements Integration {
  bind() {
    return {
      type: "MOCK",
      requestTemplates: { "application/json": '{"statusCode": 200}' },
      responses: [{ status: 200, template: '{"message": "pong", "requestId": "$context.requestId"}' }],
    } as const;
  }
}

/** Whoever of the account may invoke it asks whether the API is there. */
export function example(scope: Construct): RestApi {
  const api = new RestApi(scope, "orders-api", { throttle: { ratePerSecond: 20, burst: 10 } });
  api.method("GET /ping", { authorization: "iam", integration: new Pong() });
  return api;
}
