import { describe, expect, it } from 'vitest';
import type { SubmissionStep } from '../../src/actors/ports.ts';
import { RETRIES_MAX } from '../../src/actors/weight-pacing.ts';
import { FINALITY_BLOCKS_MAX } from '../../src/domain/schedule.ts';
import { WEIGHT_SET_PHASES } from '../../src/domain/weight-set.ts';
import { REVEAL_DELAY_BLOCKS_MAX } from '../../src/domain/weight-set-outcome.ts';
import { settle } from '../support/manual-clock.ts';
import type { ScriptedSubmission } from '../support/scripted-chain.ts';
import { rigOf } from '../support/weight-setter-rig.ts';
import { sampleFailure, sampleMiner } from '../support/weight-setter-samples.ts';

describe('a failed set', () => {
  it('is tried again at the next head when the chain allows it', async () => {
    const rig = rigOf();
    rig.chain.dispatchFailure = sampleFailure({ kind: 'retry_now' });
    await rig.start();
    await rig.chain.advanceTo(1_013);
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'failed', failure: { reason: 'Scripted' } },
      { block: 1_012, state: 'verified' },
    ]);
  });

  it('stops with an alarm after five tries in a row', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    for (let block = 1_010; block < 1_100; block += 1) {
      rig.chain.dispatchFailure = sampleFailure({ kind: 'retry_now' });
      await rig.chain.advance();
    }
    expect(rig.sets.length).toBe(RETRIES_MAX);
    expect(setter.status().alarm).toBe('5 tries failed in a row: the chain says Scripted');
  });

  it('waits for the block that the failure names', async () => {
    const rig = rigOf();
    rig.chain.dispatchFailure = sampleFailure({ kind: 'retry_at_block', block: 1_050 });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_049);
    expect(setter.status().nextSetBlock).toBe(1_050);
    expect(rig.sets.length).toBe(1);
    await rig.chain.advanceTo(1_051);
    expect(rig.last).toMatchObject({ block: 1_050, state: 'verified' });
  });

  it('that stops is cleared by a restart', async () => {
    const rig = rigOf();
    rig.chain.dispatchFailure = sampleFailure({ kind: 'stop' });
    await rig.start();
    await rig.chain.advanceTo(1_020);
    await rig.stop();
    await rig.start();
    await rig.chain.advance(2);
    expect(rig.last).toMatchObject({ block: 1_020, state: 'verified' });
  });

  it('is one that the chain stored otherwise', async () => {
    const rig = rigOf();
    rig.chain.distort = ({ uids }) => ({ uids, weights: uids.map(() => 1) });
    rig.profiles.profiles = [
      sampleMiner(2, rig.clock.now(), { score: 1 }),
      sampleMiner(3, rig.clock.now(), { score: 0.5 }),
    ];
    rig.configs.change({ unallocated: 'redistribute' });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_060);
    expect(rig.sets).toMatchObject([
      { state: 'failed', failure: { reason: 'READ_BACK_MISMATCH', action: { kind: 'stop' } } },
    ]);
    expect(setter.status().alarm).toContain('has stored others');
  });

  it('is refused before it is submitted when the chain would refuse it', async () => {
    const rig = rigOf({ metagraph: { hyperparameters: { weightsVersionKey: 7 } } });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_030);
    expect(rig.chain.calls.submit).toBe(0);
    expect(rig.sets).toMatchObject([
      { state: 'failed', failure: { reason: 'IncorrectWeightVersionKey' } },
    ]);
    expect(setter.status().alarm).toContain('newer validator software');
  });

  it('waits some blocks when the chain does not answer before the submission', async () => {
    const rig = rigOf();
    await rig.start();
    await rig.chain.advanceTo(1_009);
    let reads = 0;
    const metagraph = rig.chain.metagraph.bind(rig.chain);
    rig.chain.metagraph = async () => {
      reads += 1;
      // The watcher reads too; the third reading at a due head is the check before the submission.
      if (rig.chain.block === 1_010 && reads >= 3) rig.chain.unreachable.add('metagraph');
      return metagraph();
    };
    await rig.chain.advance();
    rig.chain.unreachable.clear();
    await rig.chain.advanceTo(1_017);
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'failed', failure: { reason: 'CHAIN_UNREACHABLE' } },
      { block: 1_015, state: 'verified' },
    ]);
  });
});

describe('commit-reveal', () => {
  const commitReveal = { metagraph: { hyperparameters: { isCommitRevealEnabled: true } } };

  it('is followed from the commitment to the verified weights', async () => {
    const rig = rigOf(commitReveal);
    const setter = await rig.start();
    await rig.chain.advanceTo(1_012);
    expect(rig.last?.state).toBe('committed');
    expect(setter.status()).toMatchObject({ lastSetBlock: 1_010, isSetting: false });
    await rig.chain.advanceTo(1_016);
    expect(rig.store.states.get(1_010)).toEqual([
      'computed',
      'submitted',
      'in_block',
      'finalized',
      'committed',
      'revealed',
      'verified',
    ]);
    expect([...(rig.last?.phasesMs.keys() ?? [])]).toEqual([...WEIGHT_SET_PHASES]);
  });

  it('does not hold up the next set', async () => {
    const rig = rigOf(commitReveal);
    rig.chain.revealBlocks = 50;
    await rig.start();
    await rig.chain.advanceTo(1_052);
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'committed' },
      { block: 1_030, state: 'committed' },
      { block: 1_050, state: 'committed' },
    ]);
    await rig.chain.advanceTo(1_082);
    expect(rig.sets).toMatchObject([
      { state: 'verified' },
      { state: 'verified' },
      { state: 'committed' },
      { state: 'committed' },
    ]);
  });

  it('that is revealed together with a newer one is superseded, and alarms nobody', async () => {
    const rig = rigOf(commitReveal);
    rig.chain.revealBlocks = undefined;
    const setter = await rig.start();
    await rig.chain.advanceTo(1_020);
    rig.configs.change({ burnPercentage: 50 });
    await rig.chain.advanceTo(1_033);
    for (const submission of rig.chain.submissions) submission.revealAtBlock = 1_040;
    await rig.chain.advanceTo(1_041);
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'failed', failure: { reason: 'SUPERSEDED' } },
      { block: 1_030, state: 'verified' },
    ]);
    expect(setter.status()).toMatchObject({
      alarm: undefined,
      lastSetBlock: 1_030,
      nextSetBlock: 1_050,
    });
  });

  it('that is called lost after an absence is superseded when the chain has a newer one', async () => {
    const rig = rigOf(commitReveal);
    rig.chain.revealBlocks = undefined;
    const setter = await rig.start();
    await rig.chain.advanceTo(1_020);
    rig.configs.change({ burnPercentage: 50 });
    await rig.chain.advanceTo(1_033);
    const [first, second] = rig.chain.submissions as [ScriptedSubmission, ScriptedSubmission];
    second.revealAtBlock = 1_034;
    first.steps.push({ state: 'lost', failure: sampleFailure({ kind: 'retry_now' }) });
    first.hasEnded = true;
    await rig.chain.advanceTo(1_035);
    expect(rig.sets).toMatchObject([
      { block: 1_010, state: 'failed', failure: { reason: 'SUPERSEDED' } },
      { block: 1_030, state: 'verified' },
    ]);
    expect(setter.status().alarm).toBeUndefined();
  });

  it('that is revealed as other weights stops with an alarm, newer commitments or not', async () => {
    const rig = rigOf(commitReveal);
    rig.chain.revealBlocks = 25;
    rig.chain.distort = ({ uids }) => ({ uids, weights: uids.map((_, index) => index + 1) });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_060);
    expect(rig.sets[0]).toMatchObject({
      block: 1_010,
      state: 'failed',
      failure: { reason: 'READ_BACK_MISMATCH' },
    });
    expect(setter.status().alarm).toBe('the chain took the weights but has stored others');
    const decided = rig.sets.length;
    await rig.chain.advanceTo(1_200);
    expect(rig.sets.length).toBe(decided);
  });

  it('answers an operator when the commitment is on chain', async () => {
    const rig = rigOf(commitReveal);
    rig.chain.dispatchFailure = sampleFailure({ kind: 'stop' });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_050);
    const answer = setter.setNow();
    await settle();
    await rig.chain.advance();
    expect(await answer).toMatchObject({ state: 'committed' });
  });

  it('is lost when the chain drops it', async () => {
    const rig = rigOf(commitReveal);
    rig.chain.willDrop = () => true;
    await rig.start();
    await rig.chain.advanceTo(1_016);
    expect(rig.last).toMatchObject({
      block: 1_010,
      state: 'lost',
      failure: { reason: 'WeightsNotRevealed' },
    });
    expect(rig.messages('warn')).toContain('weight set lost: the commitment was dropped');
  });

  it('is looked up when its reveal is overdue, and waits as long as the chain keeps it', async () => {
    const rig = rigOf({ ...commitReveal, config: { weightSetIntervalBlocks: 5_000 } });
    const { chain } = rig;
    chain.revealBlocks = undefined;
    chain.restartAt(5_000);
    await rig.start();
    await chain.advance(2);
    const revealBlock = rig.last?.extrinsic?.commitment?.revealBlock ?? 0;
    const readsBefore = chain.calls.storedWeights;
    await chain.jumpTo(revealBlock + REVEAL_DELAY_BLOCKS_MAX);
    await chain.advance();
    expect(chain.calls.storedWeights).toBe(readsBefore);
    await chain.advance(2);
    expect(chain.calls.storedWeights).toBeGreaterThan(readsBefore);
    expect(rig.messages('error')).toEqual(['weight submission failed and goes on']);
    await chain.jumpTo(8_000);
    expect(rig.last).toMatchObject({ block: 5_000, state: 'committed' });
    chain.willDrop = () => true;
    for (const submission of chain.submissions) submission.revealAtBlock = chain.block + 1;
    await chain.advance(2);
    expect(rig.last).toMatchObject({ state: 'lost', failure: { reason: 'NOT_REVEALED' } });
  });

  it('looks the reveal up itself when the chain stops telling', async () => {
    const rig = rigOf(commitReveal);
    const { chain } = rig;
    chain.script = async function* (intent, signal) {
      const signed = chain.sign(intent);
      yield signed.step;
      for await (const step of chain.follow(chain.pool(signed), signal)) {
        yield step;
        if (step.state === 'committed') return;
      }
    };
    const setter = await rig.start();
    await chain.advanceTo(1_013);
    expect(rig.last?.state).toBe('committed');
    expect(setter.status().isSetting).toBe(false);
    await chain.advanceTo(1_018);
    expect(rig.last?.state).toBe('verified');
  });
});

describe('a submission without a known outcome', () => {
  it('is looked up on chain when the connection breaks, and found', async () => {
    const rig = rigOf();
    const { chain } = rig;
    chain.script = async function* (intent) {
      const signed = chain.sign(intent);
      yield signed.step;
      yield chain.pool(signed).steps[0] as SubmissionStep;
      throw new Error('connection reset');
    };
    const setter = await rig.start();
    chain.inclusionBlocks = () => 4;
    await chain.advanceTo(1_012);
    expect(rig.last?.state).toBe('submitted');
    expect(setter.status().isSetting).toBe(true);
    await expect(setter.setNow()).rejects.toMatchObject({ code: 'weight_set_in_progress' });
    await chain.advanceTo(1_015);
    expect(rig.store.states.get(1_010)).toEqual(['computed', 'submitted', 'verified']);
    expect(chain.submissions.length).toBe(1);
    expect(rig.messages('error')).toEqual(['weight submission failed and goes on']);
  });

  it('has failed when no block can take it any more, and only then another set begins', async () => {
    const rig = rigOf();
    rig.chain.script = async function* (intent) {
      yield rig.chain.sign(intent).step;
      yield { state: 'submitted' };
      throw new Error('connection reset');
    };
    await rig.start();
    await rig.chain.advanceTo(1_010 + rig.chain.eraBlocks);
    expect(rig.sets.map(({ state }) => state)).toEqual(['submitted']);
    await rig.chain.advance(3);
    expect(rig.sets).toMatchObject([
      { state: 'failed', failure: { reason: 'OUTCOME_UNKNOWN_NOT_ON_CHAIN' } },
      { state: 'verified' },
    ]);
  });

  it('is given up when it hangs', async () => {
    const rig = rigOf();
    rig.chain.inclusionBlocks = () => undefined;
    await rig.start();
    await rig.chain.advanceTo(1_010);
    rig.chain.inclusionBlocks = () => 1;
    await rig.chain.jumpTo(1_010 + rig.chain.eraBlocks + FINALITY_BLOCKS_MAX);
    expect(rig.sets.map(({ state }) => state)).toEqual(['submitted']);
    await rig.chain.advance(4);
    expect(rig.sets).toMatchObject([{ state: 'failed' }, { state: 'verified' }]);
  });

  it('is looked up when the chain does not answer the read-back', async () => {
    const rig = rigOf();
    await rig.start();
    await rig.chain.advanceTo(1_010);
    rig.chain.unreachable.add('storedWeights');
    await rig.chain.advance(2);
    expect(rig.last?.state).toBe('finalized');
    rig.chain.unreachable.clear();
    await rig.chain.advance();
    expect(rig.last?.state).toBe('verified');
    expect(rig.chain.submissions.length).toBe(1);
  });

  it('takes no step back when a block is retracted', async () => {
    const rig = rigOf();
    const { chain } = rig;
    chain.finalityBlocks = 3;
    chain.willRetract = () => true;
    const setter = await rig.start();
    await chain.advanceTo(1_012);
    expect(chain.submissions[0]?.steps.map(({ state }) => state)).toEqual([
      'submitted',
      'in_block',
      'in_block',
    ]);
    await chain.advanceTo(1_015);
    expect(rig.store.states.get(1_010)).toEqual([
      'computed',
      'submitted',
      'in_block',
      'finalized',
      'verified',
    ]);
    expect(chain.takenAtBlocks).toEqual([1_012]);
    expect(setter.status().lastSetBlock).toBe(1_010);
  });

  it('is not taken for missing while the block that has it is not final', async () => {
    const rig = rigOf();
    const { chain } = rig;
    chain.eraBlocks = 4;
    chain.finalityBlocks = 3;
    chain.inclusionBlocks = () => 4;
    chain.script = async function* (intent) {
      const signed = chain.sign(intent);
      yield signed.step;
      yield chain.pool(signed).steps[0] as SubmissionStep;
      throw new Error('connection reset');
    };
    await rig.start();
    await chain.advanceTo(1_016);
    expect(chain.takenAtBlocks).toEqual([1_014]);
    expect(rig.last?.state).toBe('submitted');
    await chain.advanceTo(1_017);
    expect(rig.sets).toMatchObject([{ block: 1_010, state: 'verified' }]);
    expect(chain.submissions.length).toBe(1);
  });

  it('is not judged by a read from before its last step', async () => {
    const rig = rigOf();
    const { chain } = rig;
    const read = chain.storedWeights.bind(chain);
    chain.storedWeights = async () => ({ ...(await read()), block: 1_010, lastUpdateBlock: 990 });
    await rig.start();
    await chain.advanceTo(1_013);
    expect(rig.last?.state).toBe('finalized');
    chain.storedWeights = read;
    await chain.advance();
    expect(rig.last?.state).toBe('verified');
  });
});
