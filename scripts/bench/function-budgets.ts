/** Bytes that a function may take. */
export interface Budget {
  readonly bytes: number;
  /** Why it is more than others have. */
  readonly reason?: string;
}

/** What a bundle of JavaScript may weigh, unzipped and with its source map. */
export const DEFAULT_BUDGET: Budget = { bytes: 1_000_000 };

/**
 * The functions that carry a native payload, by their folder. A new one declares its payload here, with the reason;
 * everything else has the default.
 */
const NATIVE_PAYLOADS: Readonly<Record<string, Required<Budget>>> = {};

/** What a function may weigh. @param declared the native payloads */
export function budgetOf(name: string, declared: Readonly<Record<string, Budget>> = NATIVE_PAYLOADS): Budget {
  return declared[name] ?? DEFAULT_BUDGET;
}
