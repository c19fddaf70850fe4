import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/domain/gpu/catalogue.ts';
import { pairLinesText } from '../../src/domain/ledger/pair-lines.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { digestOfParts } from '../../src/lib/packed-lines.ts';
import { populationTask } from '../../src/store/population-task.ts';
import { SqliteJournal } from '../../src/store/sqlite-journal.ts';
import { SqliteProfileStore } from '../../src/store/sqlite-profile-store.ts';
import {
  assertPairsHeld,
  pairLines,
  rehearse,
  takePart,
  weightLines,
} from '../../workers/weight-set.worker.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ProfilePopulation } from '../support/profile-population.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../support/profile-samples.ts';
import { inlineWrites, temporaryDatabase } from '../support/temporary-database.ts';
import { sampleMetagraph } from '../support/weight-setter-samples.ts';

const HOUR_MS = 3_600_000;

describe('the weight set worker', () => {
  it('takes every profile with its machines, over all of its pages', async () => {
    const { database, clock } = await filled(1_003, 5);
    const request = requestAt(clock);
    const taken = takePart(await populationTask(database, request));
    const inline = await new ProfilePopulation(new SqliteProfileStore(database)).take(request);
    const { text, ...input } = taken.input;
    expect({ ...input, digest: digestOfParts([text]) }).toEqual(inline.input);
    expect(taken.input.lineCount).toBe(1_003);
    expect(taken.population.gpus.count).toEqual(inline.population.gpus.count);
    expect(taken.population.gpus.count).toHaveLength(5_015);
  });

  it('takes a range of UIDs, its end included and its beginning not', async () => {
    const { database, clock } = await filled(20, 2);
    const task = await populationTask(database, requestAt(clock));
    const taken = takePart({ ...task, afterUid: 4, lastUid: 11 });
    expect([...taken.population.miners.uid]).toEqual([5, 6, 7, 8, 9, 10, 11]);
    expect(taken.population.gpus.count).toHaveLength(14);
    expect([...taken.population.miners.standing]).toEqual(Array(7).fill(0));
  });

  it('takes nothing from an empty database', async () => {
    const { database, clock } = await filled(0, 0);
    const taken = takePart(await populationTask(database, requestAt(clock)));
    expect(taken.input).toMatchObject({ lineCount: 0, chunks: [] });
    expect(taken.population.miners.uid).toHaveLength(0);
  });

  it('names the row that it cannot read', async () => {
    const { database, clock } = await filled(3, 1);
    const profile = database.query('miner_gpu_profiles').where({ miner_uid: 1 });
    await profile.clone().update({ counted_gpus_json: '{}' });
    const task = await populationTask(database, requestAt(clock));
    expect(() => takePart(task)).toThrow('the row 1 of miner_gpu_profiles is damaged');
    await profile.clone().update({ counted_gpus_json: null });
    await database.query('miner_executors').where({ miner_uid: 1 }).update({ gpus_json: '{}' });
    expect(() => takePart(task)).toThrow(/the row 1 .* of miner_executors is damaged/);
  });
});

describe('the lines that the weight set worker writes down', () => {
  it('are those of the pairs and of the vector that it is given', async () => {
    const { allocation, set, basis } = await decidedIn({ profiles: sampleMiners(50) });
    const { pairs } = allocation;
    const lines = await pairLines({ pairs, ranges: [{ from: 0, to: pairs.uid.length }] });
    expect(Buffer.from(lines.text).toString()).toBe(
      pairLinesText(pairs, { from: 0, to: pairs.uid.length }, CATALOGUE),
    );
    const hotkeyLines = Buffer.from(set.hotkeys.map((hotkey) => `${hotkey}\n`).join(''));
    const { weightsText } = await weightLines({ vector: set.vector, hotkeyLines });
    const weights = Array.from(set.hotkeys, (hotkey, row) => [
      ...[set.vector.uids[row], set.vector.weights[row], hotkey],
    ]);
    expect(JSON.parse(Buffer.from(weightsText).toString())).toEqual(weights);
    expect(() => assertPairsHeld({ uids: pairs.uid, holders: basis.holders })).not.toThrow();
    expect(() => assertPairsHeld({ uids: Int32Array.of(60), holders: basis.holders })).toThrow(
      'every pair belongs to a miner of the input',
    );
  });

  it('are an empty list of nobody', async () => {
    const vector = { uids: new Uint16Array(), weights: new Uint16Array() };
    const { weightsText } = await weightLines({ vector, hotkeyLines: Buffer.from('') });
    expect(Buffer.from(weightsText).toString()).toBe('[]');
  });
});

describe('a rehearsal', () => {
  it('runs on what is stored, whoever is registered, and fails where that is damaged', async () => {
    const { database, clock } = await filled(100, 2);
    const task = await populationTask(database, requestAt(clock));
    await rehearse(task);
    await rehearse({ ...task, lastUid: -1 });
    await database.query('miner_gpu_profiles').update({ counted_gpus_json: '{}' });
    await expect(rehearse(task)).rejects.toThrow('of miner_gpu_profiles is damaged');
  });
});

function requestAt(clock: ManualClock) {
  const nowMs = clock.now();
  return {
    metagraph: sampleMetagraph({ size: 2_000 }),
    rules: { nowMs, cutoffMs: HOUR_MS, executorTtlMs: HOUR_MS, requireActiveAxon: true },
  };
}

async function filled(miners: number, machines: number) {
  const database = await temporaryDatabase();
  const clock = new ManualClock();
  const events = new Events({ logger: silentLogger });
  const journal = new SqliteJournal({ database, writes: inlineWrites(database), events, clock });
  const commits = Array.from({ length: miners }, (_, uid) => {
    const executors = Array.from({ length: machines }, (_, number) =>
      sampleExecutor({ executorId: `machine-${number}`, verifiedAtMs: clock.now() }),
    );
    return journal.commit(
      sampleCommit(sampleProfile({ uid, executors, lastObservedAtMs: clock.now() })),
    );
  });
  await Promise.all(commits);
  return { database, clock };
}
