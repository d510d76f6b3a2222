export { type ItemAction, Table, type TableProps } from "./table";
