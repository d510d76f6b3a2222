import type { IResolvable } from "cdktf";
import type { Construct } from "constructs";

/** A class of the bindings, such as `SqsQueue`, `DataAwsAmi` or `AwsProvider`, or whatever else names a type. */
export interface BindingClass {
  readonly tfResourceType: string;
}

/** Arguments under whatever names. */
// biome-ignore lint/suspicious/noExplicitAny: arguments differ by resource type and are compared, never computed with.
export type Arguments = Readonly<Record<string, any>>;

/**
 * What a class of the bindings writes into the stack's JSON: names in snake_case, references spelled out as text.
 *
 * A name that the resource does not have is an error of the compiler, and not an `undefined` that a test may take for
 * an answer. Every argument counts as given, also those that need not be: a test that reads one says that it is there.
 */
export type ArgumentsOf<Type extends BindingClass> = Type extends new (
  scope: Construct,
  id: string,
  config: infer Config,
) => unknown
  ? Written<Omit<NonNullable<Config>, MetaArguments>> & WrittenMetaArguments
  : Arguments;

/** What cdktf writes its own way. */
type MetaArguments =
  | "connection"
  | "count"
  | "dependsOn"
  | "forEach"
  | "lifecycle"
  | "provider"
  | "provisioners";

interface WrittenMetaArguments {
  readonly count: number | string;
  readonly depends_on: readonly string[];
  readonly for_each: string;
  readonly lifecycle: {
    readonly create_before_destroy: boolean;
    readonly prevent_destroy: boolean;
    readonly ignore_changes: readonly string[] | "all";
    readonly replace_triggered_by: readonly string[];
  };
  readonly provider: string;
  readonly "//": {
    readonly metadata: { readonly path: string; readonly uniqueId: string };
    /** Checks of the policy scanner that `skipCheck` leaves out here, and why. */
    readonly skip_checks?: Readonly<Record<string, string>>;
  };
}

type Written<T> = IsAny<T> extends true ? T : WrittenMember<Exclude<T, IResolvable | undefined>>;

/** Distributes over unions. */
type WrittenMember<T> = T extends readonly (infer Each)[]
  ? readonly Written<Each>[]
  : T extends object
    ? WrittenStruct<T>
    : T;

/** A struct under the names that Terraform gives its members; a map, whose keys are data, as it is. */
type WrittenStruct<T> = string extends keyof T
  ? T
  : { readonly [Key in keyof T as Snake<Key & string>]-?: Written<T[Key]> };

type IsAny<T> = 0 extends 1 & T ? true : false;

/** `messageRetentionSeconds` → `message_retention_seconds`. */
type Snake<Name extends string, Done extends string = ""> = Name extends `${infer Letter}${infer Rest}`
  ? Snake<Rest, `${Done}${Letter extends Lowercase<Letter> ? Letter : `_${Lowercase<Letter>}`}`>
  : Done;
