import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandIo } from '../../src/cli/command-io.ts';
import { runCli } from '../../src/cli/program.ts';
import { type FinishedRound, simulateProvers } from '../../src/prover/simulation.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { breakOff, RecordingService } from './recording-service.ts';

let service: RecordingService;

beforeEach(async () => {
  service = await RecordingService.start();
});

afterEach(() => service.stop());

describe('the simulation', () => {
  it('plays its rounds, and each prover speaks on a stream of its own', async () => {
    const rounds = await played({ seed: 3, miners: 24, rounds: 2, warmUpRounds: 2 });
    expect(rounds.map(({ round }) => round)).toEqual([1, 2]);
    for (const { tally } of rounds) {
      expect(tally.applied + tally.duplicate).toBeGreaterThanOrEqual(24);
    }
    const provers = new Set(service.received.map(({ message }) => message.prover_id));
    expect(provers.size).toBe(8);
    expect(service.streamCount).toBe(8);
    const uids = service.received.flatMap(({ message }) =>
      message.reports.map((report) => report.miner_uid),
    );
    expect(new Set(uids)).toEqual(new Set(Array.from({ length: 24 }, (_, index) => index + 2)));
  });

  it('pauses between rounds, and ends without an error when it is stopped', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const finished: FinishedRound[] = [];
    const playing = simulateProvers(
      {
        ...{ address: service.address, seed: 1, miners: 5, provers: 2, rounds: 0 },
        ...{ warmUpRounds: 2, intervalMs: 1_000, clock },
        onRound: (round) => finished.push(round),
      },
      stop.signal,
    );
    await until(() => finished.length === 2);
    await until(() => clock.sleeperCount === 1);
    await clock.advance(1_000);
    await until(() => finished.length === 3);
    await until(() => clock.sleeperCount === 1);
    stop.abort(new Error('stopped'));
    await playing;
    expect(finished).toHaveLength(3);
  });

  it('ends with the reason when the service refuses a prover for good', async () => {
    service.answer = (call) => breakOff(call, 3);
    await expect(played({ seed: 1, miners: 5, rounds: 1, warmUpRounds: 0 })).rejects.toThrow(
      'INVALID_ARGUMENT',
    );
  });
});

describe('assay prover', () => {
  const flags = () => ['--address', service.address, '--seed', '4', '--miners', '10'];

  it('prints one line of JSON a round', async () => {
    const io = recordingIo();
    const args = ['prover', '--json', '--rounds', '2', '--interval', '0s', ...flags()];
    expect(await runCli(args, io)).toBe(0);
    const lines = io.out.join('').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      [1, 2].map((round) => ({
        round,
        tally: {
          applied: expect.any(Number),
          duplicate: expect.any(Number),
          stale: 0,
          refused: 0,
        },
        elapsed_ms: expect.any(Number),
      })),
    );
  });

  it('prints a sentence a round to people, and breaks on stderr', async () => {
    let isFirst = true;
    service.answer = (call, received) => {
      if (!isFirst) return service.acknowledge(call, received);
      isFirst = false;
      breakOff(call);
    };
    const io = recordingIo();
    expect(await runCli(['prover', '--rounds', '1', '--provers', '1', ...flags()], io)).toBe(0);
    expect(io.out.join('')).toMatch(
      /^round 1: 10 applied, 0 duplicate, 0 stale, 0 refused in \d+ ms\n$/,
    );
    expect(io.err.join('')).toBe('prover-1: UNAVAILABLE: broken off; trying again\n');
  });

  it('takes from the configuration what the flags leave open', async () => {
    const io = recordingIo({
      ASSAY_SERVER__LISTEN: `0.0.0.0:${service.address.split(':')[1]}`,
      ASSAY_CHAIN__DEV__MINERS: '6',
    });
    expect(await runCli(['prover', '--json', '--rounds', '1', '--provers', '1'], io)).toBe(0);
    expect(JSON.parse(io.out.join(''))).toMatchObject({ tally: { applied: 6 } });
  });

  it.each([
    ['--rounds', '-1'],
    ['--miners', 'many'],
    ['--provers', '0'],
    ['--interval', 'soon'],
  ])('refuses %s %s with exit code 2', async (flag, value) => {
    const io = recordingIo();
    expect(await runCli(['prover', ...flags(), `${flag}=${value}`], io)).toBe(2);
    expect(io.err.join('')).toContain(flag);
    expect(service.received).toEqual([]);
  });
});

async function played(
  setup: Pick<Parameters<typeof simulateProvers>[0], 'seed' | 'miners' | 'rounds' | 'warmUpRounds'>,
): Promise<FinishedRound[]> {
  const finished: FinishedRound[] = [];
  await simulateProvers(
    {
      ...setup,
      address: service.address,
      intervalMs: 60_000,
      clock: new ManualClock(),
      onRound: (round) => finished.push(round),
    },
    new AbortController().signal,
  );
  return finished;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function recordingIo(env: Record<string, string> = {}): CommandIo & {
  readonly out: string[];
  readonly err: string[];
} {
  const [out, err]: [string[], string[]] = [[], []];
  return {
    out,
    err,
    stdout: (text) => out.push(text),
    stderr: (text) => err.push(text),
    env,
    isStderrTty: false,
    stdin: () => Readable.from([]),
    stdinEnd: () => new Promise(() => undefined),
    signal: new AbortController().signal,
  };
}
