import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainWeight } from '../../../src/domain/ledger/explain-weight.ts';
import { explanationText } from '../../../src/domain/ledger/explanation-text.ts';
import type { LedgerContent } from '../../../src/domain/ledger/ledger-entry.ts';
import type { WeightSet } from '../../../src/domain/weight-set.ts';
import { toExplanationMessage } from '../../../src/grpc/allocation/explanation-message.ts';
import type { ExplainWeightResponse__Output } from '../../../src/grpc/generated/assay/v1/ExplainWeightResponse.ts';
import { gpus, OTHERS, paying, questionOf, setOf } from '../../support/explanation-samples.ts';
import { answer, type connect, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture } from '../../support/grpc-fixture.ts';
import { ledgerContent, sampleFacts } from '../../support/ledger-samples.ts';
import { SAMPLE_TIME_MS, sampleHotkey } from '../../support/profile-samples.ts';
import { sampleWeightSet } from '../../support/weight-set-samples.ts';

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
  client = fixture.client();
});
afterEach(() => fixture.close());

type Request = { readonly miner_uid: number; readonly block?: number | string };

async function explanationOf(request: Request) {
  const { explanation } = await answer<ExplainWeightResponse__Output>((callback) =>
    client.allocation.ExplainWeight(request, callback),
  );
  return explanation;
}

function refused(request: Request) {
  return refusal((callback) => client.allocation.ExplainWeight(request, callback));
}

/** Records a decision; its set is verified unless told otherwise. */
function record(content: LedgerContent, overrides: Partial<WeightSet> = {}): void {
  fixture.ledger.contents.push(content);
  fixture.weightSets.sets.push(setOf(content, overrides));
}

function atBlock(content: LedgerContent, block: number): LedgerContent {
  const { sealed } = content;
  return { ...content, sealed: { ...sealed, entry: { ...sealed.entry, block } } };
}

const paid = ledgerContent({ miners: OTHERS, policy: paying() });

describe('ExplainWeight', () => {
  it('carries every value of an explanation, and the paragraph', async () => {
    record(paid);
    const explanation = await explanationOf({ miner_uid: 7, block: 360 });
    const own = explainWeight(questionOf(paid, 7));
    expect(explanation).toMatchObject({
      block: 360,
      block_hash: `0x${'ab'.repeat(32)}`,
      decided_time: { seconds: SAMPLE_TIME_MS / 1_000, nanos: 0 },
      emission_config_version: 1,
      entry_digest: paid.sealed.digest,
      miner_uid: 7,
      miner_hotkey: sampleHotkey(7),
      registered_at_block: 100,
      weight: own.weight,
      total_weight: 65_535,
      percentage: own.percentage,
      burn_weight: 0,
      checks: own.checks,
      summary: explanationText(own),
      state: 'WEIGHT_SET_STATE_VERIFIED',
      failure_reason: '',
    });
    expect(explanation?.pairs).toEqual(
      own.pairs.map((pair) => ({
        gpu_model: pair.category,
        gpu_count: pair.gpuCount,
        score: 0.9,
        basis: pair.basis,
        category_total_basis: Number(pair.categoryTotalBasis),
        share_percentage: pair.sharePercentage,
        weight_pool: pair.weightPool,
        exact_weight: pair.exactWeight,
        weight: pair.weight,
        rounding: pair.rounding,
        exclusion_reason: '',
        checks: pair.checks,
      })),
    );
    expect(explanation?.counterfactuals).toEqual(
      own.counterfactuals.map(({ change, category, percentage }) => ({
        change,
        gpu_model: category,
        percentage,
        without_effect: '',
      })),
    );
  });

  it('explains a weight of zero, of a miner without GPUs and of a UID without reports', async () => {
    const miners = [...OTHERS, sampleFacts(9, { gpus: [] })];
    record(ledgerContent({ miners, policy: paying() }));
    expect(await explanationOf({ miner_uid: 9 })).toMatchObject({
      weight: 0,
      pairs: [{ gpu_model: '', exclusion_reason: 'NO_VALID_GPU', checks: [] }],
    });
    expect(await explanationOf({ miner_uid: 200 })).toMatchObject({
      weight: 0,
      miner_hotkey: '',
      registered_at_block: 0,
      checks: [],
      pairs: [],
      summary: expect.stringContaining('No profile was stored for the UID'),
    });
  });

  it('says of a set that failed that the chain never took it', async () => {
    const action = { kind: 'stop' } as const;
    const failure = { reason: 'SettingWeightsTooFast', message: 'too fast', action };
    record(paid, { state: 'failed', failure });
    expect(await explanationOf({ miner_uid: 7 })).toMatchObject({
      state: 'WEIGHT_SET_STATE_FAILED',
      failure_reason: 'SettingWeightsTooFast',
      summary: expect.stringContaining(
        'but the set failed (SettingWeightsTooFast) and the chain kept the earlier weights.',
      ),
    });
  });

  it('refuses to explain what does not fit together', async () => {
    const { uids, weights } = setOf(paid).vector;
    record(paid, { vector: { uids, weights: weights.map((weight) => weight + 1) } });
    expect(await refused({ miner_uid: 7 })).toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'STORE_UNUSABLE',
      message: expect.stringContaining('assay weights replay --block 360'),
    });
  });

  it('keeps every digit of a sum that a double would change', async () => {
    const score = { scoreMicros: 999_999, gpus: [gpus('H100', 2_147_000_000)] };
    const miners = [5, 6, 7, 8, 9].map((uid) => sampleFacts(uid, score));
    const content = ledgerContent({ miners, policy: paying() });
    const total = 5n * 999_999n * 2_147_000_000n;
    const { pairs } = toExplanationMessage(explainWeight(questionOf(content, 7)));
    expect(pairs[0]?.category_total_basis).toBe(String(total));
    expect(Number(total)).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });

  it('counts the other miners of a category that was too small', async () => {
    const miners = [...OTHERS, sampleFacts(9, { gpus: [gpus('A100', 8)] })];
    record(ledgerContent({ miners, policy: paying({ minMinersPerCategory: 4 }) }));
    const explanation = await explanationOf({ miner_uid: 9 });
    expect(explanation?.pairs[0]?.checks.at(-1)).toMatchObject({ value: '3 miners' });
    expect(explanation?.counterfactuals).toMatchObject([
      { change: '1 more miner like it in A100' },
    ]);
  });

  it('says beside the change why it would have had no effect', async () => {
    record(ledgerContent({ miners: OTHERS, policy: paying({ gpuCount: 'ignore' }) }));
    const explanation = await explanationOf({ miner_uid: 5 });
    expect(explanation?.counterfactuals).toEqual([
      {
        change: 'one more machine with 8 H100',
        gpu_model: 'H100',
        percentage: explanation?.percentage,
        without_effect: 'the number of GPUs does not count',
      },
    ]);
  });

  it('takes the newest weight set when no block is given', async () => {
    record(paid);
    record(atBlock(paid, 720));
    expect(await explanationOf({ miner_uid: 7 })).toMatchObject({ block: 720 });
    expect(await explanationOf({ miner_uid: 7, block: 360 })).toMatchObject({ block: 360 });
  });

  it('tells a block without a weight set from a set that is older than the ledger', async () => {
    const none = { code: 'NOT_FOUND', reason: 'WEIGHT_SET_NOT_FOUND' };
    expect(await refused({ miner_uid: 7 })).toMatchObject({
      ...none,
      message: 'no weight set yet',
    });
    fixture.weightSets.sets.push(sampleWeightSet({ block: 300 }));
    const old = {
      code: 'NOT_FOUND',
      reason: 'LEDGER_ENTRY_NOT_FOUND',
      message: 'the weight set of block 300 has no ledger entry: it is older than the ledger',
    };
    expect(await refused({ miner_uid: 7 })).toMatchObject(old);
    expect(await refused({ miner_uid: 7, block: 300 })).toMatchObject(old);
    expect(await refused({ miner_uid: 7, block: 301 })).toMatchObject({
      ...none,
      message: 'no weight set at block 301',
    });
  });

  it('finds no UID that the subnet did not have', async () => {
    record(paid);
    expect(await refused({ miner_uid: 256 })).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'MINER_NOT_FOUND',
      message: 'there was no UID 256 at block 360: the subnet had 256 UIDs',
    });
  });

  it('refuses what is no UID and what is no block', async () => {
    expect(await refused({ miner_uid: 65_536 })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'miner_uid' }],
    });
    expect(await refused({ miner_uid: 7, block: '9007199254740993' })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'block' }],
    });
  });
});
