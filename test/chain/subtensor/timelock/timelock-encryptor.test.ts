import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  ENCRYPTIONS_MAX,
  TimelockEncryptor,
  type TimelockEncryptorOptions,
  type TimelockRequest,
} from '../../../../src/chain/subtensor/timelock/timelock-encryptor.ts';
import { AssertionError } from '../../../../src/lib/assert.ts';
import {
  decodePayload,
  decryptTimelocked,
  TestBeacon,
} from '../../../support/timelock-decryption.ts';

/** Long enough for a thread to start on a busy machine. */
const PATIENT_MS = 60_000;

const beacon = new TestBeacon('encryptor');
const working = new TimelockEncryptor({ timeoutMs: PATIENT_MS });
const encryptors: TimelockEncryptor[] = [];

afterEach(async () => {
  await Promise.all(encryptors.splice(0).map((encryptor) => encryptor.close()));
});

afterAll(() => working.close());

function newEncryptor(options: TimelockEncryptorOptions = {}): TimelockEncryptor {
  const encryptor = new TimelockEncryptor({ timeoutMs: PATIENT_MS, ...options });
  encryptors.push(encryptor);
  return encryptor;
}

function workerUrl(name: string): URL {
  return new URL(`../../../support/workers/${name}-timelock.worker.ts`, import.meta.url);
}

function requestOf(count: number): TimelockRequest {
  const uids = Uint16Array.from({ length: count }, (_, index) => index);
  return {
    payload: {
      ...{ form: 'hotkey', hotkey: new Uint8Array(32).fill(9), versionKey: 5 },
      ...{ uids, values: uids.slice() },
    },
    beacon,
    round: 123,
  };
}

const unavailable = (cause: RegExp) => ({
  code: 'compute_unavailable',
  cause: expect.objectContaining({ message: expect.stringMatching(cause) }),
});

describe('the timelock encryptor', () => {
  it('encrypts in a thread what the signature of the round opens, and leaves the columns', async () => {
    const request = requestOf(256);
    const ciphertext = await working.encrypt(request);
    expect(ciphertext).toHaveLength(1_313);
    const payload = decodePayload(decryptTimelocked(ciphertext, beacon.signature(123)));
    expect(payload.hotkey).toEqual(request.payload.hotkey);
    expect(payload.uids).toEqual([...requestOf(256).payload.uids]);
    expect(payload.values).toEqual([...request.payload.values]);
    expect(payload.versionKey).toBe(5n);
  });

  it('takes a few commitments at once, refuses one more and takes the next afterwards', async () => {
    const taken = Array.from({ length: ENCRYPTIONS_MAX }, () => working.encrypt(requestOf(2)));
    await expect(working.encrypt(requestOf(2))).rejects.toMatchObject({
      code: 'compute_unavailable',
      message: expect.stringContaining('4 commitments'),
    });
    expect(new Set((await Promise.all(taken)).map((bytes) => bytes.length))).toEqual(
      new Set([295]),
    );
    await expect(working.encrypt(requestOf(2))).resolves.toHaveLength(295);
  });

  it('refuses at once what is too long for the chain', async () => {
    await expect(newEncryptor().encrypt(requestOf(1_178))).rejects.toMatchObject({
      code: 'chain_unusable',
    });
  });

  it('shows a bug as what it is', async () => {
    const request = { ...requestOf(2), round: 0 };
    await expect(newEncryptor().encrypt(request)).rejects.toBeInstanceOf(AssertionError);
  });

  it('says compute_unavailable with the cause when the thread dies, each time', async () => {
    const encryptor = newEncryptor({ workerUrl: workerUrl('dying') });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(encryptor.encrypt(requestOf(2))).rejects.toMatchObject(unavailable(/exit/));
    }
  });

  it('says compute_unavailable when its file cannot be loaded, each time', async () => {
    const encryptor = newEncryptor({ workerUrl: workerUrl('absent') });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(encryptor.encrypt(requestOf(2))).rejects.toMatchObject(
        unavailable(/absent-timelock/),
      );
    }
  });

  it('gives up a thread that does not answer in time', async () => {
    const encryptor = newEncryptor({ workerUrl: workerUrl('hanging'), timeoutMs: 200 });
    await expect(encryptor.encrypt(requestOf(2))).rejects.toMatchObject(
      unavailable(/no answer in 200 ms/),
    );
  });

  it('stops with the reason of the signal', async () => {
    const encryptor = newEncryptor({ workerUrl: workerUrl('hanging') });
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const underWay = encryptor.encrypt(requestOf(2), controller.signal);
    controller.abort(reason);
    await expect(underWay).rejects.toBe(reason);
    await expect(encryptor.encrypt(requestOf(2), controller.signal)).rejects.toBe(reason);
  });

  it('refuses what is under way and what comes later when it is closed', async () => {
    const encryptor = newEncryptor({ workerUrl: workerUrl('hanging') });
    const refused = expect(encryptor.encrypt(requestOf(2))).rejects.toMatchObject(
      unavailable(/closed/),
    );
    await encryptor.close();
    await refused;
    await expect(encryptor.encrypt(requestOf(2))).rejects.toMatchObject({
      code: 'compute_unavailable',
      message: expect.stringContaining('closed'),
    });
  });

  it('closes without ever having had a thread', async () => {
    await expect(new TimelockEncryptor().close()).resolves.toBeUndefined();
  });
});
