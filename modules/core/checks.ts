import { Token } from "cdktf";
import type { IConstruct } from "constructs";

/** The limits of a whole number; both ends are allowed. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Collects the faults of one construct, so that the reader sees all of them at once.
 *
 * Every message says what was given, what is allowed and what to do. Values that Terraform learns only
 * at apply (tokens) are let through: they cannot be judged here.
 */
export class Checks {
  private readonly faults: string[] = [];

  /**
   * @param kind what the reader calls the construct, such as `fan-out`
   * @param where the construct, or a plain name where there is none
   */
  constructor(
    private readonly kind: string,
    private readonly where: IConstruct | string,
  ) {}

  /** Records `fault` unless the condition holds. */
  that(condition: boolean, fault: string): this {
    if (!condition) this.faults.push(fault);
    return this;
  }

  /** An AWS account's number; nothing given and tokens pass. */
  account(name: string, value: string | undefined): this {
    return this.matches(name, value, /^\d{12}$/, "12 digits");
  }

  /** The id of an AWS organisation; tokens pass (Organizations API reference, "Organization"). */
  organization(name: string, value: string): this {
    return this.matches(
      name,
      value,
      /^o-[a-z0-9]{10,32}$/,
      "an organisation's id, o- and 10 to 32 letters or digits",
    );
  }

  /** A whole number within its range; nothing given and tokens pass. */
  wholeNumber(name: string, value: number | undefined, { min, max }: Range, remedy = ""): this {
    if (value === undefined || Token.isUnresolved(value)) return this;
    const whole = Number.isInteger(value);
    return this.that(
      whole && value >= min && value <= max,
      `${name} must be ${whole ? "" : "a whole number "}between ${min} and ${max}, got ${value}${remedy && `: ${remedy}`}`,
    );
  }

  /** One of a list of words; nothing given and tokens pass. */
  oneOf(name: string, value: string | undefined, allowed: readonly string[], remedy = ""): this {
    if (value === undefined || Token.isUnresolved(value)) return this;
    return this.that(
      allowed.includes(value),
      `${name} must be one of ${allowed.join(", ")}, got ${JSON.stringify(value)}${remedy && `: ${remedy}`}`,
    );
  }

  /** A string of a certain form; nothing given and tokens pass. */
  matches(name: string, value: string | undefined, form: RegExp, allowed: string): this {
    if (value === undefined || Token.isUnresolved(value)) return this;
    return this.that(form.test(value), `${name} must be ${allowed}, got ${JSON.stringify(value)}`);
  }

  /** A mail address, by its shape; nothing given and tokens pass. */
  mailAddress(name: string, value: string | undefined): this {
    return this.matches(name, value, /^[^\s@]+@[^\s@]+\.[^\s@]+$/, "a mail address");
  }

  /** The faults so far, each with the construct's path in front. For `node.addValidation`. */
  messages(): string[] {
    return this.faults.map((fault) => `${this.subject}: ${fault}`);
  }

  /**
   * Ends the checks.
   * @throws Error with every fault recorded
   */
  done(): void {
    const [first, ...others] = this.faults;
    if (first === undefined) return;
    if (others.length === 0) throw new Error(`${this.subject}: ${first}`);
    throw new Error(
      `${this.subject}: ${this.faults.length} faults\n${this.faults.map((f) => `  - ${f}`).join("\n")}`,
    );
  }

  private get subject(): string {
    return `${this.kind} "${typeof this.where === "string" ? this.where : this.where.node.path}"`;
  }
}
