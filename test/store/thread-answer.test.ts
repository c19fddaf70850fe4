import { describe, expect, it } from 'vitest';
import { AssayError } from '../../src/domain/errors.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { answered, type ThreadAnswer, threadAnswer } from '../../src/store/thread-answer.ts';

/** What arrives when a function of a thread throws this. */
async function thrownThrough(error: unknown): Promise<unknown> {
  const answer = structuredClone(await threadAnswer(() => Promise.reject(error)));
  try {
    return answered(answer);
  } catch (arrived) {
    return arrived;
  }
}

describe('an answer of a thread', () => {
  it('is what the function gives, also when that is nothing', async () => {
    const answers: ThreadAnswer<unknown>[] = [
      await threadAnswer(async () => new Map([[1, 'one']])),
      await threadAnswer(async () => undefined),
    ];
    expect(answers.map((answer) => answered(structuredClone(answer)))).toEqual([
      new Map([[1, 'one']]),
      undefined,
    ]);
  });

  it('keeps code, message, details and the text of the cause of an error that a caller can act on', async () => {
    const arrived = await thrownThrough(
      new AssayError('store_unavailable', 'the database cannot be used now: SQLITE_BUSY', {
        retryAfterMs: 1_000,
        metadata: { sqlite_code: 'SQLITE_BUSY' },
        cause: new Error('database is locked'),
      }),
    );
    expect(arrived).toBeInstanceOf(AssayError);
    expect(arrived).toMatchObject({
      code: 'store_unavailable',
      message: 'the database cannot be used now: SQLITE_BUSY',
      details: { retryAfterMs: 1_000, metadata: { sqlite_code: 'SQLITE_BUSY' } },
      cause: 'Error: database is locked',
    });
    const plain = await thrownThrough(new AssayError('weight_set_in_progress', 'decided already'));
    expect(plain).toMatchObject({ code: 'weight_set_in_progress', details: {} });
  });

  it('stays a bug when it is one', async () => {
    const arrived = await thrownThrough(new AssertionError('a commit names a report twice'));
    expect(arrived).toBeInstanceOf(AssertionError);
    expect(arrived).toMatchObject({
      message: 'a commit names a report twice',
      cause: expect.stringContaining('thread-answer.test.ts'),
    });
  });

  it('says what any other error said', async () => {
    expect(await thrownThrough(new TypeError('not a function'))).toMatchObject({
      message: 'not a function',
      cause: expect.stringContaining('thread-answer.test.ts'),
    });
    expect(await thrownThrough('a text')).toMatchObject({ message: 'a text' });
  });
});
