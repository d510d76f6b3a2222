/** `.name`, `['name']` or `[0]`. */
const STEP = /\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]/y;

/**
 * What a JSONPath that names one place leads to; nothing where it leads nowhere.
 * @throws Error for any other path: what API Gateway makes of those is not modelled
 */
export function readPath(document: unknown, path: string): unknown {
  if (!path.startsWith("$")) throw new Error(`a JSONPath begins with $, got ${path}`);
  let [value, at]: [unknown, number] = [document, 1];
  while (at < path.length) {
    STEP.lastIndex = at;
    const found = STEP.exec(path);
    if (found === null) throw new Error(`a path that names one place only is modelled, got ${path}`);
    const [whole, name, quoted, index] = found;
    value = step(value, name ?? quoted ?? Number(index));
    at += whole.length;
  }
  return value;
}

function step(value: unknown, key: string | number): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) !== (typeof key === "number")) {
    return undefined;
  }
  return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined;
}
