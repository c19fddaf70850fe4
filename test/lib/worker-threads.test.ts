import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WorkerThreads } from '../../src/lib/worker-threads.ts';

/** Long enough for a thread to start on a busy machine. */
const PATIENT = { timeoutMs: 60_000 };

const open: WorkerThreads[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((threads) => threads.close()));
});

function threadsOf(name: string, tasksPerThread = 1): WorkerThreads {
  const workerUrl = new URL(`../support/workers/${name}.worker.ts`, import.meta.url);
  const threads = new WorkerThreads({
    ...{ worker: 'unused', threads: 1, tasksPerThread, workerUrl },
  });
  open.push(threads);
  return threads;
}

describe('worker threads', () => {
  it('run the function of that name, and take the memory that moves', async () => {
    const threads = threadsOf('echoing');
    const bytes = Uint8Array.of(1, 2, 3);
    const terms = { ...PATIENT, transferList: [bytes.buffer] };
    expect(await threads.run('count', bytes, terms)).toBe(3);
    expect(bytes).toHaveLength(0);
    expect(await threads.run('echo', 'text', PATIENT)).toBe('text');
  });

  it('are the same ones for every task', async () => {
    const threads = threadsOf('echoing');
    threads.start();
    const ids = [await threads.run('id', 0, PATIENT), await threads.run('id', 0, PATIENT)];
    expect(new Set(ids).size).toBe(1);
  });

  it('throw what the function throws, and go on', async () => {
    const threads = threadsOf('echoing');
    await expect(threads.run('refuse', 'no', PATIENT)).rejects.toThrow('no');
    expect(await threads.run('echo', 1, PATIENT)).toBe(1);
  });

  it('are replaced when they die', async () => {
    const threads = threadsOf('echoing');
    await expect(threads.run('die', 0, PATIENT)).rejects.toThrow(/exit/);
    expect(await threads.run('echo', 1, PATIENT)).toBe(1);
  });

  it('end their tasks with the reason when their file cannot be loaded, each time', async () => {
    const threads = threadsOf('absent');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const both = [threads.run('echo', 1, PATIENT), threads.run('echo', 2, PATIENT)];
      for (const { reason } of rejected(await Promise.allSettled(both))) {
        expect(String(reason)).toMatch(/absent\.worker/);
      }
    }
  });

  it('give up a task that does not answer in time', async () => {
    const threads = threadsOf('hanging');
    await expect(threads.run('allocate', 0, { timeoutMs: 200 })).rejects.toThrow(
      'no answer in 200 ms',
    );
  });

  it('end a task with the reason of its signal, before it started and while it runs', async () => {
    const threads = threadsOf('hanging');
    const reason = new Error('stop');
    const aborted = { ...PATIENT, signal: AbortSignal.abort(reason) };
    await expect(threads.run('allocate', 0, aborted)).rejects.toBe(reason);
    const stop = new AbortController();
    const task = threads.run('allocate', 0, { ...PATIENT, signal: stop.signal });
    stop.abort(reason);
    await expect(task).rejects.toBe(reason);
  });

  it('have several tasks at once where they may, and are replaced with all of them when one is overdue', async () => {
    const threads = threadsOf('echoing', 3);
    const waiting = threads.run('echoLater', 'first', PATIENT);
    expect(await threads.run('release', 0, PATIENT)).toBe(1);
    expect(await waiting).toBe('first');
    const [id, held] = [threads.run('id', 0, PATIENT), threads.run('echoLater', 0, PATIENT)];
    const before = await id;
    const both = [threads.run('echoLater', 0, { timeoutMs: 200 }), held];
    for (const { reason } of rejected(await Promise.allSettled(both))) {
      expect(String(reason)).toContain('no answer in 200 ms');
    }
    expect(await threads.run('id', 0, PATIENT)).not.toBe(before);
  });

  it('leave nothing behind on the signal of a task that has ended', async () => {
    const threads = threadsOf('echoing', 3);
    const { signal } = new AbortController();
    for (let task = 0; task < 20; task += 1)
      await threads.run('echo', task, { ...PATIENT, signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('refuse what is under way and what comes later when they are closed', async () => {
    const threads = threadsOf('hanging');
    const refused = expect(threads.run('allocate', 0, PATIENT)).rejects.toThrow(/closed/);
    await threads.close();
    await refused;
    await expect(threads.run('allocate', 0, PATIENT)).rejects.toThrow(/closed/);
  });

  it('close without ever having started', async () => {
    const threads = threadsOf('echoing');
    await expect(threads.close()).resolves.toBeUndefined();
  });
});

function rejected(results: readonly PromiseSettledResult<unknown>[]): PromiseRejectedResult[] {
  const found = results.filter((result) => result.status === 'rejected');
  expect(found).toHaveLength(results.length);
  return found;
}
