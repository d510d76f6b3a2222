import { blocks } from "../graph";
import type { Row } from "../row";
import { USED } from "./functions";

const STEP_FUNCTIONS = "https://docs.aws.amazon.com/step-functions/latest/dg";

/** Which calls its steps make only the definition knows: at least one, and on no other resource than those it names. */
const using: readonly Row[] = Object.entries(USED).map(([to, anyOf]) => ({
  kind: "state machine uses what its definition names",
  from: "aws_sfn_state_machine",
  to,
  principal: "role",
  actions: { anyOf },
  document: `${STEP_FUNCTIONS}/service-integration-iam-templates.html`,
  ends: (from, graph) => {
    const role = graph.role(from, from.arguments.role_arn) ?? graph.text(from, from.arguments.role_arn);
    return graph
      .namedIn(from, from.arguments.definition)
      .filter(({ type }) => type === to)
      .map((each) => ({ to: each, role }));
  },
}));

/** State machines: who takes their role, their traces, and what their steps use. */
export const stateMachines: readonly Row[] = [
  ...using,
  {
    kind: "state machine takes its role",
    from: "aws_sfn_state_machine",
    to: "aws_iam_role",
    principal: { service: "states.amazonaws.com" },
    actions: ["sts:AssumeRole"],
    document: `${STEP_FUNCTIONS}/procedure-create-iam-role.html#prevent-cross-service-confused-deputy`,
    ends: (from, graph) => {
      const role = graph.text(from, from.arguments.role_arn);
      return role === undefined ? [] : [{ to: graph.find(role, "aws_iam_role") ?? role }];
    },
  },
  {
    kind: "state machine is traced",
    from: "aws_sfn_state_machine",
    to: "*",
    principal: "role",
    actions: [
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ],
    document: `${STEP_FUNCTIONS}/concepts-xray-tracing.html`,
    unproven: "the emulator sends no traces",
    ends: (from, graph) => {
      const traced = blocks(from.arguments.tracing_configuration).some(({ enabled }) => enabled === true);
      const role = graph.role(from, from.arguments.role_arn) ?? graph.text(from, from.arguments.role_arn);
      return traced && role !== undefined ? [{ to: "*", role, resource: "*", patterns: ["*"] }] : [];
    },
  },
];
