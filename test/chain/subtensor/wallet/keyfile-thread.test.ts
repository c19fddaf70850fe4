import { describe, expect, it } from 'vitest';
import { decryptInThread } from '../../../../src/chain/subtensor/wallet/keyfile-thread.ts';
import { CHEAP, encryptedFile } from '../../../support/keyfiles.ts';

describe('the thread that opens a key file', () => {
  it('gives back what the file holds, and takes the password with it', async () => {
    const task = await sampleTask();
    const content = await decryptInThread(task, { cost: CHEAP }, undefined);
    expect(String(Buffer.from(content ?? []))).toBe('"content"');
    expect(task.password).toHaveLength(0);
  });

  it('says nothing but that the password is wrong', async () => {
    const task = { ...(await sampleTask()), password: new TextEncoder().encode('wrong') };
    expect(await decryptInThread(task, { cost: CHEAP }, undefined)).toBeUndefined();
  });

  it.each([
    ['takes too long', 'hanging', /^the encrypted .* opened \(no answer in 1000 ms\): try again/],
    ['dies', 'dying', /^the encrypted .* opened \(.*exit.* 3\): try again/],
    [
      'cannot be loaded',
      'missing',
      /^the encrypted .* opened \(Cannot find module .*\): try again/,
    ],
  ])('is given up when it %s', async (_, name, message) => {
    const timeLimitMs = name === 'hanging' ? 1_000 : 60_000;
    const options = { timeLimitMs, workerUrl: workerUrl(name) };
    const opening = decryptInThread(await sampleTask(), options, undefined);
    await expect(opening).rejects.toMatchObject({
      code: 'wallet_unusable',
      message: expect.stringMatching(message),
    });
  });

  it('ends with the reason of an abort, before it started and while it runs', async () => {
    const options = { workerUrl: workerUrl('hanging') };
    const reason = new Error('stop');
    const aborted = AbortSignal.abort(reason);
    await expect(decryptInThread(await sampleTask(), options, aborted)).rejects.toBe(reason);
    const stop = new AbortController();
    const opening = decryptInThread(await sampleTask(), options, stop.signal);
    stop.abort(reason);
    await expect(opening).rejects.toBe(reason);
  });
});

async function sampleTask() {
  const file = await encryptedFile('content', 'opensesame');
  return { file, password: new TextEncoder().encode('opensesame') };
}

function workerUrl(name: string): URL {
  return new URL(`../../../support/workers/${name}-keyfile.worker.ts`, import.meta.url);
}
