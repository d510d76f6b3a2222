import { checkEdges, type EdgeReport } from "./check-edges";
import type { StackJson } from "./configuration";

declare global {
  namespace jest {
    interface Matchers<R> {
      /** Every edge of the stacks is permitted, nothing more is, and no service may act for anybody: {@link checkEdges}. */
      toPermitItsEdges(): R;
    }
  }
}

/** `expect.extend(edgeMatchers)`, then `expect(stack).toPermitItsEdges()`; several stacks as a list. */
export const edgeMatchers = {
  /** @param received what `synthesize` gave, or a list of it for stacks that refer to each other */
  toPermitItsEdges(received: StackJson | readonly StackJson[]) {
    const report = checkEdges(received);
    const faults = faultsOf(report);
    return {
      pass: faults.length === 0,
      message: () =>
        faults.length === 0
          ? `expected a fault in ${report.edges.length} edges, found none`
          : `${faults.length} faults in ${report.edges.length} edges:\n${faults.join("\n")}`,
    };
  },
};

/** One line a fault: what it is, where it is mended. */
function faultsOf({ unpermitted, unasked, withoutSource }: EdgeReport): readonly string[] {
  return [
    ...unpermitted.map(
      ({ kind, from, to, policy, why, statement }) =>
        `- ${kind} (${from} → ${to}): ${why}` +
        (statement === undefined ? "" : `; add to the policy ${policy}: ${JSON.stringify(statement)}`),
    ),
    ...unasked.map(
      ({ policy, sid, action, resource, why }) => `- ${policy}, "${sid}": ${action} on ${resource}: ${why}`,
    ),
    ...withoutSource.map(
      ({ policy, sid, service }) =>
        `- ${policy}, "${sid}": lets ${service} act for anybody: bind it by aws:SourceArn or aws:SourceAccount`,
    ),
  ];
}
