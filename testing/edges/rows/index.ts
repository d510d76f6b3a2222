import type { Row } from "../row";
import { administration } from "./administration";
import { alarms } from "./alarms";
import { buckets } from "./buckets";
import { functions } from "./functions";
import { invocations } from "./invocations";
import { logs } from "./logs";
import { messages } from "./messages";

/** Every kind of edge that is known. */
export const rows: readonly Row[] = [
  ...messages,
  ...invocations,
  ...buckets,
  ...alarms,
  ...functions,
  ...logs,
  ...administration,
];
