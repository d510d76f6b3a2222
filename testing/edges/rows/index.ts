import type { Row } from "../row";
import { administration } from "./administration";
import { alarms } from "./alarms";
import { failures } from "./failures";
import { functions } from "./functions";
import { invocations } from "./invocations";
import { logs } from "./logs";
import { messages } from "./messages";
import { streams } from "./streams";

/** Every kind of edge that is known. */
export const rows: readonly Row[] = [
  ...messages,
  ...streams,
  ...invocations,
  ...failures,
  ...alarms,
  ...functions,
  ...logs,
  ...administration,
];
