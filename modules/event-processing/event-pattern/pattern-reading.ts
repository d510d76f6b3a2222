import { Token } from "cdktf";
import { conditionFault, type Fields, type Forms, isFields, RESERVED_WORDS } from "../matching";
import { nearest } from "../nearest";
import { ENVELOPE } from "./event-pattern";

/** Where in a pattern the reader stands. */
interface Place {
  readonly path: string;
  /** At the top, where the names are AWS's. */
  readonly envelope: boolean;
  /** Below a `$or`, where the words of operators are no names. */
  readonly alternative: boolean;
}

/** One walk through a pattern, of EventBridge or of Lambda's event filtering, which notes every fault on the way. */
export class PatternReading {
  readonly faults: string[] = [];

  /** @param forms the operators of the language, and what each takes */
  constructor(private readonly forms: Forms) {}

  ofFields(fields: Fields, place: Place): void {
    const entries = Object.entries(fields);
    if (entries.length === 0)
      this.faults.push(`${place.path} must name at least one field: AWS refuses an empty object`);
    for (const [key, value] of entries) this.ofKey(key, value, { ...place, path: `${place.path}.${key}` });
  }

  private ofKey(key: string, value: unknown, place: Place): void {
    if (key === "$or") this.ofAlternatives(value, place);
    else if (!place.envelope || this.ofEnvelope(key, value, place)) this.ofField(key, value, place);
  }

  private ofField(key: string, value: unknown, place: Place): void {
    if (place.alternative && RESERVED_WORDS.includes(key)) {
      this.faults.push(
        `${place.path} is a word of AWS's own, and with it the whole $or would count as a name: write { name: [{ ${key}: … }] }, ` +
          "or match without $or",
      );
    }
    if (Array.isArray(value)) this.ofList(value, place.path);
    else if (isFields(value)) this.ofFields(value, { ...place, envelope: false });
    else {
      const remedy = value === undefined ? "leave the name out" : `write [${JSON.stringify(value)}]`;
      this.faults.push(`${place.path} must be a list of values, got ${JSON.stringify(value)}: ${remedy}`);
    }
  }

  /** Whether an event has a field of this name and kind: AWS takes any, and matches nothing. */
  private ofEnvelope(key: string, value: unknown, { path }: Place): boolean {
    const [name = ""] = key.split(".");
    if (!(ENVELOPE as readonly string[]).includes(name)) {
      const meant = nearest(name, ENVELOPE);
      const remedy =
        meant === undefined ? `write { detail: { ${JSON.stringify(name)}: … } }` : `write "${meant}"`;
      this.faults.push(`${path} is no field of an event (${ENVELOPE.join(", ")}): ${remedy}`);
      return false;
    }
    const nested = isFields(value) || name !== key;
    if (Array.isArray(value) && key === "detail") {
      this.faults.push(`${path} must be an object of fields, got a list: write { detail: { name: [ … ] } }`);
      return false;
    }
    if (nested && name !== "detail") {
      this.faults.push(`${path} holds no fields in any event: write { ${JSON.stringify(name)}: [ … ] }`);
      return false;
    }
    for (const each of Array.isArray(value) ? value : []) {
      if (isText(each)) continue;
      const given = JSON.stringify(each);
      this.faults.push(
        `${path} is text in every event, got ${given}: write such as ${JSON.stringify(String(each))}`,
      );
    }
    return true;
  }

  private ofList(values: readonly unknown[], path: string): void {
    if (Token.isUnresolved(values)) {
      this.faults.push(
        `${path} is a list that only Terraform knows, which no JSON text can hold: write its members`,
      );
      return;
    }
    if (values.length === 0)
      this.faults.push(`${path} must hold at least one value: AWS refuses an empty list`);
    for (const value of values) {
      const fault = conditionFault(value, this.forms);
      if (fault !== undefined) this.faults.push(`${path} ${fault}`);
    }
  }

  /** EventBridge user guide, "Matching using $or": with fewer than two objects it would be the name of a field. */
  private ofAlternatives(value: unknown, place: Place): void {
    const alternatives: readonly unknown[] = Array.isArray(value) ? value : [];
    if (alternatives.length < 2) {
      this.faults.push(
        `${place.path} must be a list of at least two alternatives, got ${JSON.stringify(value)}: write [{ … }, { … }], or the conditions without $or`,
      );
    }
    for (const [index, each] of alternatives.entries()) {
      const path = `${place.path}[${index}]`;
      if (isFields(each)) this.ofFields(each, { ...place, path, alternative: true });
      else
        this.faults.push(
          `${path} must be an object of fields, got ${JSON.stringify(each)}: write { name: [ … ] }, or leave it out`,
        );
    }
  }
}

/** What text can be compared with; operators are judged with the others. */
function isText(value: unknown): boolean {
  return typeof value === "string" || isFields(value) || Token.isUnresolved(value);
}
