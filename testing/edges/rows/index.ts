import type { Row } from "../row";
import { administration } from "./administration";
import { alarms } from "./alarms";
import { apis } from "./apis";
import { buckets } from "./buckets";
import { deliveries } from "./deliveries";
import { events } from "./events";
import { failures } from "./failures";
import { functions } from "./functions";
import { invocations } from "./invocations";
import { logs } from "./logs";
import { messages } from "./messages";
import { schedules } from "./schedules";
import { stateMachines } from "./state-machines";
import { streams } from "./streams";
import { trails } from "./trails";

/** Every kind of edge that is known. */
export const rows: readonly Row[] = [
  ...messages,
  ...streams,
  ...invocations,
  ...events,
  ...schedules,
  ...stateMachines,
  ...failures,
  ...buckets,
  ...alarms,
  ...functions,
  ...logs,
  ...trails,
  ...administration,
  ...apis,
  ...deliveries,
];
