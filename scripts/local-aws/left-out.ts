/** A resource type that an emulator cannot hold. */
export interface LeftOut {
  readonly type: string;
  /** What happens where it is applied. */
  readonly reason: string;
}

/**
 * Stack → types that stay out of what is applied to the local account. Everything of today's stacks is held; the others
 * are validated, planned and wired against a mocked provider all the same (`__tests__/terraform/`).
 */
export const leftOut: Readonly<Record<string, readonly LeftOut[]>> = {};
