/**
 * Seeded runs of the whole ingest path: overlapping deliveries of several provers in batches of chance, commits that end
 * in an order of chance and sometimes fail, small mailboxes, fewer actors than miners, and provers that send again what
 * failed and sometimes what was acknowledged already. Whatever happens, it must come to what one report after the other
 * comes to. A title carries its seed; `SIM_SEED=n` runs another one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { MinerDirectory } from '../../src/actors/miner-directory.ts';
import type { Journal, ProfileReader } from '../../src/actors/ports.ts';
import { admit } from '../../src/domain/admission.ts';
import { AssayError } from '../../src/domain/errors.ts';
import type { MinerUid } from '../../src/domain/ids.ts';
import type { Profile } from '../../src/domain/profile.ts';
import { applyReport, emptyProfile } from '../../src/domain/profile-update.ts';
import { type Report, type ReportResult, reportKey } from '../../src/domain/report.ts';
import { canonicalReport } from '../../src/domain/report-text.ts';
import { type Random, random as randomOf } from '../../src/lib/random.ts';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteJournal } from '../../src/store/sqlite-journal.ts';
import { SqliteProfileStore } from '../../src/store/sqlite-profile-store.ts';
import { FlakyJournal } from '../support/flaky-journal.ts';
import { makeWorkload, type Workload } from '../support/ingest-workload.ts';
import { IntakeFixture } from '../support/intake-fixture.ts';
import { SAMPLE_NOW_MS, sampleRegistration, uid } from '../support/report-samples.ts';

import { inlineWrites } from '../support/temporary-database.ts';

const MINER_COUNT = 100;
const REGISTERED_COUNT = 97;
const SHAPE = { minerCount: MINER_COUNT, proverCount: 5, reportCount: 10_000, isShared: false };
const LIMITS = {
  actorsMax: 40,
  mailboxReportsMax: 6,
  batchReportsMax: 4,
  queuedReportsMax: 60,
  idleActorsMax: 20,
  idleEvictMs: 60_000,
};
/** Of the commits, before they are written and again after; a delivery makes about ten. */
const FAILURE_RATE = 0.004;
const EVERY_ANSWER = [
  'APPLIED',
  'DUPLICATE',
  'STALE',
  'REPORT_ID_REUSED',
  'MINER_NOT_REGISTERED',
  'HOTKEY_MISMATCH',
  'OBSERVED_IN_FUTURE',
  'OBSERVED_TOO_OLD',
];
const ATTEMPTS_MAX = 10_000;
const { SIM_SEED } = process.env;
const SEEDS = SIM_SEED === undefined ? [1, 2] : [Number(SIM_SEED)];

interface Ports {
  readonly journal: Journal;
  readonly profiles: ProfileReader;
}

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function newFixture(): IntakeFixture {
  const fixture = new IntakeFixture();
  const uids = Array.from({ length: REGISTERED_COUNT }, (_, index) => uid(index));
  fixture.register(...uids.map((at) => sampleRegistration({ uid: at })));
  return fixture;
}

async function memoryPorts(fixture: IntakeFixture): Promise<Ports> {
  return { journal: fixture.journal, profiles: fixture.store };
}

async function sqlitePorts({ clock, events }: IntakeFixture): Promise<Ports> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-sim-'));
  const database = await SqliteDatabase.open({ file: join(folder, 'sim.db') });
  const journal = new SqliteJournal({ database, writes: inlineWrites(database), events, clock });
  cleanups.push(async () => {
    await journal.close();
    await database.close();
    rmSync(folder, { recursive: true });
  });
  return { journal, profiles: new SqliteProfileStore(database) };
}

/** One report after the other, with nothing but the rules: what everything else is compared with. */
class SequentialRun {
  readonly profiles = new Map<MinerUid, Profile>();
  readonly #texts = new Map<string, string>();
  readonly #fixture: IntakeFixture;

  constructor(fixture: IntakeFixture) {
    this.#fixture = fixture;
  }

  decide(report: Report): string {
    const { policy, normaliser } = this.#fixture;
    const { neurons } = this.#fixture.metagraph.current();
    const known = this.#texts.get(reportKey(report));
    if (known === canonicalReport(report)) return 'DUPLICATE';
    if (known !== undefined) return 'REPORT_ID_REUSED';
    const registration = neurons.find((neuron) => neuron.uid === report.minerUid);
    const refusal = admit(report, { nowMs: SAMPLE_NOW_MS, registration });
    if (refusal !== undefined) return refusal.reason;
    const profile =
      this.profiles.get(report.minerUid) ??
      emptyProfile(sampleRegistration({ uid: report.minerUid }), SAMPLE_NOW_MS);
    const update = applyReport(profile, report, { policy, normaliser, nowMs: SAMPLE_NOW_MS });
    if (update.outcome === 'REFUSED') return update.refusal.reason;
    if (update.outcome === 'APPLIED') this.profiles.set(report.minerUid, update.next);
    this.#texts.set(reportKey(report), canonicalReport(report));
    return update.outcome;
  }
}

/** A prover that delivers its reports in batches of chance until every one was answered. */
class SimulatedProver {
  readonly answers: string[] = [];
  failureCount = 0;
  readonly #directory: MinerDirectory;
  readonly #reports: readonly Report[];
  readonly #random: Random;

  constructor(directory: MinerDirectory, reports: readonly Report[], random: Random) {
    this.#directory = directory;
    this.#reports = reports;
    this.#random = random;
  }

  async run(): Promise<void> {
    for (let sentCount = 0; sentCount < this.#reports.length; ) {
      const resentCount = this.#random.chance(0.05) ? this.#random.integer(1, 60) : 0;
      const from = Math.max(0, sentCount - resentCount);
      const batch = this.#reports.slice(from, from + this.#random.integer(1, 20));
      const results = await this.#deliverAtLast(batch);
      for (const [index, result] of results.entries()) this.#note(from + index, result);
      sentCount = Math.max(sentCount, from + batch.length);
    }
  }

  async #deliverAtLast(batch: readonly Report[]): Promise<readonly ReportResult[]> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      try {
        const whenFull = this.#random.pick(['wait', 'refuse'] as const);
        return await this.#directory.deliver(batch, { whenFull });
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        expect(['busy', 'exhausted']).toContain(error.kind);
        this.failureCount += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    throw new Error(`a batch was not taken in ${ATTEMPTS_MAX} attempts`);
  }

  /** A report whose first answer was lost is a duplicate when it comes again; every other answer stays the same. */
  #note(index: number, result: ReportResult): void {
    const answer = result.outcome === 'REFUSED' ? result.refusal.reason : result.outcome;
    const before = this.answers[index];
    if (before !== undefined && answer !== 'DUPLICATE') expect(answer).toBe(before);
    this.answers[index] ??= answer;
  }
}

interface Simulation {
  readonly workload: Workload;
  readonly ports: Ports;
  readonly fixture: IntakeFixture;
  readonly random: Random;
}

async function simulate({ workload, ports, fixture, random }: Simulation) {
  const journal = new FlakyJournal(ports.journal, random, FAILURE_RATE);
  const directory = fixture.directory(LIMITS, { journal, profiles: ports.profiles });
  const provers = [...workload.values()].map(
    (reports) => new SimulatedProver(directory, reports, random),
  );
  const watcher = new AbortController();
  const watched = keepBounds(directory, watcher.signal);
  await Promise.all(provers.map((prover) => prover.run()));
  watcher.abort();
  await watched;
  await directory.drain();
  return { answers: provers.map((prover) => prover.answers), provers, journal };
}

async function keepBounds(directory: MinerDirectory, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    expect(directory.activeActors).toBeLessThanOrEqual(LIMITS.actorsMax);
    expect(directory.queuedReports).toBeLessThanOrEqual(LIMITS.queuedReportsMax);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Everything but the revision, which counts commits and so depends on how reports were batched. */
async function storedProfiles({ profiles }: Ports): Promise<Map<MinerUid, object>> {
  const stored = new Map<MinerUid, object>();
  for await (const batch of profiles.all()) {
    for (const { revision: _, ...profile } of batch) stored.set(profile.miner.uid, profile);
  }
  return stored;
}

function expectedProfiles(run: SequentialRun): Map<MinerUid, object> {
  return new Map([...run.profiles].map(([at, { revision: _, ...profile }]) => [at, profile]));
}

describe.each([
  { store: 'memory', portsOf: memoryPorts, seeds: SEEDS },
  { store: 'SQLite', portsOf: sqlitePorts, seeds: SEEDS.slice(0, 1) },
])('10,000 interleaved reports over 100 miners in $store', ({ portsOf, seeds }) => {
  it.each(seeds)('come to what a sequential run comes to (seed %d)', async (seed) => {
    const random = randomOf(seed);
    const fixture = newFixture();
    const ports = await portsOf(fixture);
    const workload = makeWorkload(random, SHAPE);
    const sequential = new SequentialRun(fixture);
    const expected = [...workload.values()].map((reports) =>
      reports.map((report) => sequential.decide(report)),
    );

    const { answers, provers, journal } = await simulate({ workload, ports, fixture, random });

    expect(await storedProfiles(ports)).toEqual(expectedProfiles(sequential));
    for (const [index, ofProver] of answers.entries()) {
      const wanted = expected[index] ?? [];
      expect(ofProver).toHaveLength(wanted.length);
      for (const [at, answer] of ofProver.entries()) {
        if (answer !== wanted[at])
          expect([answer, wanted[at]]).toEqual([
            'DUPLICATE',
            expect.stringMatching(/APPLIED|STALE/),
          ]);
      }
    }
    expect(new Set(expected.flat())).toEqual(new Set(EVERY_ANSWER));
    expect(journal.failureCount).toBeGreaterThan(10);
    expect(provers.every(({ failureCount }) => failureCount > 0)).toBe(true);
  });
});

describe('10,000 reports of provers that share the miners', () => {
  it.each(SEEDS)(
    'come to what the journal wrote, in its order, each once (seed %d)',
    async (seed) => {
      const random = randomOf(seed);
      const fixture = newFixture();
      const ports = await memoryPorts(fixture);
      const workload = makeWorkload(random, { ...SHAPE, isShared: true });

      const { answers } = await simulate({ workload, ports, fixture, random });

      const written = fixture.journal.written.flatMap(({ reports }) => reports);
      const replay = new SequentialRun(fixture);
      for (const { report, outcome } of written) expect(replay.decide(report)).toBe(outcome);
      expect(await storedProfiles(ports)).toEqual(expectedProfiles(replay));
      const keys = new Set(written.map(({ report }) => reportKey(report)));
      expect(keys.size).toBe(written.length);
      for (const [index, reports] of [...workload.values()].entries()) {
        for (const [at, report] of reports.entries()) {
          const isStored = ['APPLIED', 'STALE', 'DUPLICATE'].includes(String(answers[index]?.[at]));
          if (isStored) expect(keys.has(reportKey(report))).toBe(true);
        }
      }
    },
  );
});
