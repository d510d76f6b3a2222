import { checkEdges, type EdgeReport } from "./check-edges";
import type { StackJson } from "./configuration";

declare global {
  namespace jest {
    interface Matchers<R> {
      /**
       * Every edge of the stacks is permitted, nothing more is, and no service may act for anybody: {@link checkEdges}.
       * Rejects, with `.not` too, what holds nothing to judge: an empty list, stacks without an edge.
       */
      toPermitItsEdges(): R;
    }
  }
}

/** `expect.extend(edgeMatchers)`, then `expect(stack).toPermitItsEdges()`; several stacks as a list. */
export const edgeMatchers = {
  /** @param received what `synthesize` gave, or a list of it for stacks that refer to each other */
  toPermitItsEdges(received: StackJson | readonly StackJson[]) {
    if ([received].flat().length === 0) {
      throw new Error(
        "toPermitItsEdges: nothing to judge: an empty list was given; give the stack, or all stacks",
      );
    }
    const report = checkEdges(received);
    const faults = faultsOf(report);
    // Thrown and not failed: a failure would let `.not.toPermitItsEdges()` pass on nothing.
    if (report.edges.length === 0 && faults.length === 0) {
      throw new Error(
        `toPermitItsEdges: nothing to judge: no edge in ${namesOf(received).join(", ")}; give the stack that has ` +
          "edges, or all stacks that refer to each other as one list",
      );
    }
    return {
      pass: faults.length === 0,
      message: () =>
        faults.length === 0
          ? `expected a fault in ${report.edges.length} edges, found none`
          : `${faults.length} faults in ${report.edges.length} edges:\n${faults.join("\n")}`,
    };
  },
};

function namesOf(received: StackJson | readonly StackJson[]): readonly string[] {
  return [received].flat().map(({ json }, index) => json["//"]?.metadata?.stackName ?? `stack-${index}`);
}

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
