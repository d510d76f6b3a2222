export { Schedule, type ScheduleProps } from "./schedule";
export { at, checkWhen, cron, every, type When } from "./when";
