import type { Row } from "../row";
import { administration } from "./administration";
import { alarms } from "./alarms";
import { apis } from "./apis";
import { deliveries } from "./deliveries";
import { functions } from "./functions";
import { logs } from "./logs";
import { messages } from "./messages";

/** Every kind of edge that is known. */
export const rows: readonly Row[] = [
  ...messages,
  ...alarms,
  ...functions,
  ...logs,
  ...administration,
  ...apis,
  ...deliveries,
];
