import { example } from "../../modules/event-processing/api-call-alert/example";
import { checkEdges, edgeMatchers, someFacts, synthesize } from "../../testing";

expect.extend(edgeMatchers);

describe("the edges of an alert on API calls", () => {
  const stack = synthesize((scope) => void example(scope));
  const { edges, unresolved, withoutSource, withoutTls } = checkEdges(stack);

  it("are permitted, and nothing else is", () => {
    expect(stack).toPermitItsEdges();
    expect({ withoutSource, withoutTls }).toEqual({ withoutSource: [], withoutTls: [] });
  });

  it("lead from each rule to the topic and the dead letters, and from us-east-1 to the bus at home", () => {
    const ends = (kind: string) =>
      edges.filter((edge) => edge.kind === kind).map(({ from, to }) => `${from.split("/").at(-3)} → ${to}`);
    const rules = ["access-key-made", "group-opened", "root-in", "table-deleted", "trail-changed"];
    const abroad = ["access-key-made", "root-in"];
    const bus = "arn:aws:events:eu-west-1:123456789012:event-bus/default";
    expect(ends("rule publishes to topic")).toEqual(rules.map((name) => `${name} → test/security/topic`));
    expect(ends("rule sets aside in dead-letter queue")).toEqual([
      ...rules.map((name) => `${name} → test/security/rules/dead-letters`),
      ...abroad.map((name) => `${name} → test/security/us-east-1/rules/dead-letters`),
    ]);
    expect(ends("rule forwards to bus elsewhere")).toEqual(abroad.map((name) => `${name} → ${bus}`));
  });

  it("leave unresolved what stands elsewhere: the environment's alarm topic, which the alarms here call", () => {
    const { arn } = someFacts.alarmTopic as { arn: string };
    expect([...new Set(unresolved.map(({ why }) => why))]).toEqual([`${arn} is not in these stacks`]);
    expect(unresolved.filter(({ where }) => where.includes("us-east-1"))).toEqual([]);
  });
});
