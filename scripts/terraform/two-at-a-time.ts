import type { SynthesisedStack } from "./manifest";

/** Does work on each of them, two at a time: a provider process takes up to 660 MiB. */
export async function twoAtATime<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all([worker(), worker()]);
}

/**
 * Does work on each stack once those it depends on are done, two at a time. After a failure nothing new begins, and what
 * is at work is waited for: nobody may take the emulators away under a Terraform that writes its state.
 * @param stacks each after those it depends on, as `inOrder` has them
 * @throws what failed first
 */
export async function twoAtATimeInOrder(
  stacks: readonly SynthesisedStack[],
  work: (stack: SynthesisedStack) => Promise<void>,
): Promise<void> {
  const waiting = [...stacks];
  const running = new Map<string, Promise<unknown>>();
  const failures: unknown[] = [];
  const ready = () => {
    const open = new Set([...waiting.map(({ id }) => id), ...running.keys()]);
    const index = waiting.findIndex(({ dependencies }) => !dependencies.some((id) => open.has(id)));
    return failures.length > 0 || running.size >= 2 || index < 0 ? undefined : waiting.splice(index, 1)[0];
  };
  for (;;) {
    for (let stack = ready(); stack !== undefined; stack = ready()) {
      const { id } = stack;
      const done = work(stack)
        .catch((error: unknown) => failures.push(error))
        .finally(() => running.delete(id));
      running.set(id, done);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failures.length > 0) throw failures[0];
}

/** The stacks from the last to the first, each depending on those that depended on it: the order to destroy in. */
export function reversed(stacks: readonly SynthesisedStack[]): SynthesisedStack[] {
  return [...stacks].reverse().map((stack) => ({
    ...stack,
    dependencies: stacks.filter(({ dependencies }) => dependencies.includes(stack.id)).map(({ id }) => id),
  }));
}
