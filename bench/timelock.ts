/**
 * One commitment of 256 UIDs to a drand round: how long it takes through the encryptor, how long the event loop was held at
 * most meanwhile, and how long the first one takes, whose thread has to start. The ceiling is the same encryption on the
 * calling thread, in turns with the measured one.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { QUICKNET } from '../src/chain/subtensor/timelock/drand-beacon.ts';
import { encryptTimelocked } from '../src/chain/subtensor/timelock/timelock-encryption.ts';
import {
  TimelockEncryptor,
  type TimelockRequest,
} from '../src/chain/subtensor/timelock/timelock-encryptor.ts';
import { encodePayload } from '../src/chain/subtensor/timelock/timelock-payload.ts';
import { printFigure } from './figure.ts';

const RUNS = 20;
const UIDS = 256;

const uids = Uint16Array.from({ length: UIDS }, (_, uid) => uid);
const hotkey = new Uint8Array(32).fill(1);
const request: TimelockRequest = {
  payload: { form: 'hotkey', hotkey, uids, values: uids, versionKey: 0 },
  beacon: QUICKNET,
  round: 19_566_596,
};

const encryptor = new TimelockEncryptor();
try {
  const firstMs = await timeMs(() => encryptor.encrypt(request));
  encryptHere();
  await measure(firstMs);
} finally {
  await encryptor.close();
}

async function measure(firstMs: number): Promise<void> {
  const [values, ceilings, held]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < RUNS; run += 1) {
    ceilings.push(await timeMs(encryptHere));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    values.push(await timeMs(() => encryptor.encrypt(request)));
    delay.disable();
    held.push(delay.max / 1e6);
  }
  printFigure({ name: 'timelock.256_uids', unit: 'ms', values, ceilings });
  printFigure({ name: 'timelock.256_uids.event_loop_delay_max', unit: 'ms', values: held });
  printFigure({ name: 'timelock.first', unit: 'ms', values: [firstMs] });
}

function encryptHere(): Uint8Array {
  return encryptTimelocked(encodePayload(request.payload), request);
}

async function timeMs(work: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
