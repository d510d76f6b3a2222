import type { Row } from "../row";
import { administration } from "./administration";
import { alarms } from "./alarms";
import { events } from "./events";
import { functions } from "./functions";
import { invocations } from "./invocations";
import { logs } from "./logs";
import { messages } from "./messages";
import { schedules } from "./schedules";
import { stateMachines } from "./state-machines";
import { trails } from "./trails";

/** Every kind of edge that is known. */
export const rows: readonly Row[] = [
  ...messages,
  ...invocations,
  ...events,
  ...schedules,
  ...stateMachines,
  ...alarms,
  ...functions,
  ...logs,
  ...trails,
  ...administration,
];
