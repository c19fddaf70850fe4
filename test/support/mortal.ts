/** Whether the process that uses something has died. */
export interface Life {
  isOver: boolean;
}

/**
 * The same object as a process sees it that can die at any moment: from then on nothing that it called ever answers, and
 * nothing that it calls happens.
 */
export function mortal<T extends object>(target: T, life: Life): T {
  return new Proxy(target, {
    get: (_, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]) => {
        if (life.isOver) return never();
        return untilDeath(Reflect.apply(value, target, args), life);
      };
    },
  });
}

function untilDeath(result: unknown, life: Life): unknown {
  if (result instanceof Promise) {
    return result.then(
      (value) => (life.isOver ? never() : value),
      (error: unknown) => (life.isOver ? never() : Promise.reject(error)),
    );
  }
  return isAsyncIterable(result) ? valuesUntilDeath(result, life) : result;
}

async function* valuesUntilDeath(source: AsyncIterable<unknown>, life: Life) {
  for await (const value of source) {
    if (life.isOver) await never();
    yield value;
    if (life.isOver) await never();
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
