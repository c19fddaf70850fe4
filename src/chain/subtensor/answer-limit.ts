import type { Clock } from '../../lib/clock.ts';

/** Nothing came within the limit. */
export class AnswerTimeout extends Error {
  override readonly name = 'AnswerTimeout';
}

/** What is asked for, or `AnswerTimeout` when it takes longer than the limit; what comes later is lost. */
export async function answerWithin<T>(
  asked: Promise<T>,
  { clock, limitMs }: { readonly clock: Clock; readonly limitMs: number },
): Promise<T> {
  const isDone = new AbortController();
  const late = clock.sleep(limitMs, isDone.signal).then(() => {
    throw new AnswerTimeout(`no answer for ${limitMs / 1_000} s`);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    isDone.abort();
  }
}
