/**
 * Sends each change of each weight set. Changes are taken from the setter as they come, also while the caller does not
 * read; so that a caller who never reads is found out, those that wait are counted here.
 */
import type { WeightSetting } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import type { WeightSet } from '../../domain/weight-set.ts';
import type { ServerStreamHandler } from '../calls.ts';
import { shuttingDown } from '../drain.ts';
import type { WatchWeightSetsRequest__Output } from '../generated/assay/v1/WatchWeightSetsRequest.ts';
import type { WatchWeightSetsResponse } from '../generated/assay/v1/WatchWeightSetsResponse.ts';
import { type WritableCall, writeMessage } from '../message-writer.ts';
import { toWeightSetMessage } from './weight-set-message.ts';

type Handler = ServerStreamHandler<WatchWeightSetsRequest__Output, WatchWeightSetsResponse>;

const WAITING_CHANGES_MAX = 256;

/** @param draining Aborts when the service drains. */
export function watchWeightSets(
  weightSetting: Pick<WeightSetting, 'watch'>,
  draining: AbortSignal,
): Handler {
  return async (call, gone) => {
    const end = new AbortController();
    const stop = () => end.abort(gone.aborted ? gone.reason : shuttingDown());
    gone.addEventListener('abort', stop);
    draining.addEventListener('abort', stop);
    if (draining.aborted || gone.aborted) stop();
    try {
      await forward(weightSetting.watch(end.signal), { call, end });
    } finally {
      end.abort();
      draining.removeEventListener('abort', stop);
    }
  };
}

interface Watcher {
  readonly call: WritableCall<WatchWeightSetsResponse>;
  readonly end: AbortController;
}

async function forward(changes: AsyncIterable<WeightSet>, { call, end }: Watcher): Promise<void> {
  const waiting: WeightSet[] = [];
  let sending: Promise<void> | undefined;
  const send = async () => {
    for (let set = waiting.shift(); set !== undefined; set = waiting.shift()) {
      await writeMessage(call, { weight_set: toWeightSetMessage(set) }, end.signal);
    }
    sending = undefined;
  };
  for await (const set of changes) {
    waiting.push(set);
    if (waiting.length > WAITING_CHANGES_MAX) {
      const message = `${WAITING_CHANGES_MAX} changes wait to be read`;
      throw new AssayError('watcher_too_slow', message);
    }
    // A write fails only when the watch has ended, and then `end` says why.
    sending ??= send().catch(() => undefined);
  }
  end.signal.throwIfAborted();
  await sending;
}
