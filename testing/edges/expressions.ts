/** A text cut into what it says itself and the Terraform expressions in it. */
export type Part = { readonly text: string } | { readonly expression: string };

/** Cuts a template: `a-${aws_sqs_queue.b.arn}` → `a-` and `aws_sqs_queue.b.arn`. `$${` is a plain `${`. */
export function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  let text = "";
  for (let index = 0; index < template.length; ) {
    if (template.startsWith("$${", index)) {
      text += "${";
      index += 3;
    } else if (template.startsWith("${", index)) {
      const end = endOf(template, index + 2);
      parts.push({ text }, { expression: template.slice(index + 2, end).trim() });
      text = "";
      index = end + 1;
    } else {
      text += template[index];
      index += 1;
    }
  }
  return [...parts, { text }].filter((part) => !("text" in part) || part.text !== "");
}

/** Where the expression that begins at `start` ends: its own braces and strings are skipped. */
function endOf(template: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = start; index < template.length; index += 1) {
    const sign = template[index];
    if (sign === "\\") index += 1;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === "{") depth += 1;
    else if (!quoted && sign === "}" && depth-- === 0) return index;
  }
  return template.length;
}

/** `aws_sqs_queue.orders.arn`, `data.aws_region.current.name`, `data.terraform_remote_state.a.outputs.b`. */
export interface Reference {
  readonly data: boolean;
  readonly type: string;
  readonly id: string;
  readonly attributes: readonly string[];
}

/** A plain reference; nothing for a call, an index, an operator or a local value. */
export function referenceOf(expression: string): Reference | undefined {
  if (!/^[\w-]+(\.[\w-]+)+(\["[^"]+"\])?$/.test(expression)) return undefined;
  const words = expression.replace(/\["([^"]+)"\]$/, ".$1").split(".");
  const data = words[0] === "data";
  const [type, id, ...attributes] = data ? words.slice(1) : words;
  if (type === undefined || id === undefined || attributes.length === 0) return undefined;
  return { data, type, id, attributes };
}
