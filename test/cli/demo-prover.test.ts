import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDemoProver } from '../../src/cli/demo-prover.ts';
import { CliExit } from '../../src/cli/exit-codes.ts';
import { type RecordedCall, RecordingService } from '../prover/recording-service.ts';

/** Nothing listens there: the port is reserved. */
const NOBODY = '127.0.0.1:1';

describe('the prover process of the demo', () => {
  it('that ends by itself is a failure, with what it said', async () => {
    let said = '';
    const prover = startDemoProver({
      address: NOBODY,
      seed: -1,
      miners: 2,
      rounds: 0,
      firstRounds: 1,
      signal: new AbortController().signal,
      talk: (text) => {
        said += text;
      },
    });
    await expect(prover.failed).rejects.toEqual(
      new CliExit('failed', 'the prover process ended by itself with code 2'),
    );
    await prover.ended;
    expect(said).toContain('it is a whole number from 0.');
  });

  it('that is stopped before its first rounds ends in good order', async () => {
    const stop = new AbortController();
    const prover = startDemoProver({
      address: NOBODY,
      seed: 1,
      miners: 2,
      rounds: 0,
      firstRounds: 1,
      signal: stop.signal,
      talk: () => stop.abort(),
    });
    await prover.ended;
    await prover.firstRoundsDone;
    expect(await Promise.race([prover.failed, Promise.resolve('no failure')])).toBe('no failure');
  });

  it('ends when the process that started it is killed', async () => {
    const service = await RecordingService.start();
    onTestFinished(() => service.stop());
    const [calls, connected] = collectedCalls(service);
    const parent = spawn(process.execPath, ['--import', 'tsx', parentModule(), service.address], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    await connected;
    const cancelled = [...calls].map((call) => once(call, 'cancelled'));
    parent.kill('SIGKILL');
    await Promise.all(cancelled);
  });
});

function parentModule(): string {
  return fileURLToPath(new URL('../support/processes/demo-prover-process.ts', import.meta.url));
}

/** The streams that came, without an answer on any of them, and a promise for the first one. */
function collectedCalls(service: RecordingService): [Set<RecordedCall>, Promise<void>] {
  const calls = new Set<RecordedCall>();
  const first = new Promise<void>((resolve) => {
    service.answer = (call) => {
      calls.add(call);
      resolve();
    };
  });
  return [calls, first];
}
