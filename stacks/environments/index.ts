import { dev } from "./dev";
import { local } from "./local";
import { prod } from "./prod";
import { staging } from "./staging";

/** What is synthesised when nobody chooses: every environment of AWS. */
export const awsEnvironments = [dev, staging, prod];

/** Every environment that can be chosen. */
export const allEnvironments = [...awsEnvironments, local];
