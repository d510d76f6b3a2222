/** A rule or an archive as a stack's JSON has it. */
export interface RuleArguments {
  readonly event_pattern: string;
  readonly state?: string;
  readonly is_enabled?: boolean | string;
}

/** What references of Terraform stand for, by what stands between `${` and `}`. */
export type Given = Readonly<Record<string, string | number>>;

/**
 * The pattern's text with each reference replaced, and Terraform's own escape undone.
 * @throws Error that names the references for which nothing is given
 */
export function patternTextOf({ event_pattern: text }: RuleArguments, given: Given): string {
  const unknown = new Set<string>();
  const filled = text.replace(/(\$?)\$\{([^}]*)\}/g, (all, escaped: string, reference: string) => {
    if (escaped !== "") return all.slice(1);
    const value = given[reference];
    if (value === undefined) unknown.add(reference);
    // Within the quotes of a text, so those of the value's own go.
    return JSON.stringify(value ?? "").replace(/^"|"$/g, "");
  });
  if (unknown.size === 0) return filled;
  const example = JSON.stringify(Object.fromEntries([...unknown].map((reference) => [reference, "…"])));
  throw new Error(`the pattern refers to what only Terraform knows: say what it is, such as ${example}`);
}

/** Whether the rule is asked at all. An archive always is. */
export function isOn({ state, is_enabled: enabled }: RuleArguments): boolean {
  return state !== "DISABLED" && String(enabled) !== "false";
}
