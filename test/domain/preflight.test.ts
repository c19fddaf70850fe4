import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PreflightCheck, paddedVector, preflight } from '../../src/domain/preflight.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { NO_BURN } from '../support/weight-set-samples.ts';
import {
  type SampleMetagraph,
  sampleMetagraph,
  sampleNeuron,
  VALIDATOR_UID,
} from '../support/weight-setter-samples.ts';

const VALIDATOR = sampleHotkey(VALIDATOR_UID);

describe('the check before a submission', () => {
  it('lets weights pass that the chain would take', () => {
    expect(preflight(check())).toBeUndefined();
  });

  it('stops when the validator has no UID', () => {
    expect(preflight(check({ neurons: [sampleNeuron(2), sampleNeuron(3)] }))).toMatchObject({
      reason: 'HotKeyNotRegisteredInSubNet',
      action: { kind: 'stop' },
      message: expect.stringContaining(VALIDATOR),
    });
  });

  it.each([
    [4, 'IncorrectWeightVersionKey'],
    [3, undefined],
    [2, undefined],
    [0, undefined],
  ])('compares version key 3 with %i', (weightsVersionKey, reason) => {
    const failure = preflight(check({ hyperparameters: { weightsVersionKey } }));
    expect(failure?.reason).toBe(reason);
    if (reason !== undefined) expect(failure?.action).toEqual({ kind: 'stop' });
  });

  it.each([
    [901, 1_001],
    [900, undefined],
    [0, undefined],
  ])('asks for the rate limit of 100 blocks after block %i', (lastUpdateBlock, block) => {
    const neurons = [
      sampleNeuron(VALIDATOR_UID, { lastUpdateBlock }),
      sampleNeuron(2),
      sampleNeuron(3),
    ];
    const failure = preflight(check({ neurons }));
    expect(failure?.action).toEqual(
      block === undefined ? undefined : { kind: 'retry_at_block', block },
    );
    if (block !== undefined) expect(failure?.reason).toBe('SettingWeightsTooFast');
  });

  it('waits an epoch without a permit, except for the owner', () => {
    const neurons = [
      sampleNeuron(VALIDATOR_UID, { hasValidatorPermit: false }),
      sampleNeuron(2),
      sampleNeuron(3),
    ];
    expect(preflight(check({ neurons }))).toMatchObject({
      reason: 'NeuronNoValidatorPermit',
      action: { kind: 'retry_at_block', block: 1_360 },
    });
    expect(preflight(check({ neurons, ownerHotkey: VALIDATOR }))).toBeUndefined();
    const atOnce = check({ neurons, hyperparameters: { tempoBlocks: 0 } });
    expect(preflight(atOnce)?.action).toEqual({ kind: 'retry_at_block', block: 1_001 });
  });

  it('sends a decision for 32 blocks and decides again after that', () => {
    const given = check();
    const decidedAt = (block: number) => preflight({ ...given, set: { ...given.set, block } });
    expect(decidedAt(1_000 - 32)).toBeUndefined();
    expect(decidedAt(1_000 - 33)).toMatchObject({
      reason: 'DECISION_OUTDATED',
      action: { kind: 'retry_now' },
    });
  });

  it('burns to the owner of this moment and to nobody else', () => {
    const given = check({ ownerHotkey: sampleHotkey(2) });
    const burnedTo = (uid: number | null) =>
      preflight({ ...given, set: { ...given.set, burn: { ...NO_BURN, uid, weight: 10 } } });
    expect(burnedTo(2)).toBeUndefined();
    const refused = { reason: 'BURN_TARGET_NOT_OWNER', action: { kind: 'retry_now' } };
    for (const stranger of [3, 999, null]) expect(burnedTo(stranger)).toMatchObject(refused);
  });

  it('decides again when a UID has changed hands or is gone', () => {
    const validator = sampleNeuron(VALIDATOR_UID);
    const replaced = [validator, sampleNeuron(2, { hotkey: sampleHotkey(99) }), sampleNeuron(3)];
    for (const neurons of [replaced, [validator, sampleNeuron(3)]]) {
      expect(preflight(check({ neurons }))).toEqual({
        reason: 'UID_CHANGED_HANDS',
        action: { kind: 'retry_now' },
        message: `UID 2 no longer belongs to ${sampleHotkey(2)}, for whom its weight was decided`,
      });
    }
  });

  it('stops when the vector is too short', () => {
    const failing = check({ hyperparameters: { minAllowedWeights: 3 } });
    expect(preflight(failing)).toMatchObject({
      reason: 'WeightVecLengthIsLow',
      action: { kind: 'stop' },
    });
    const small = check({
      hyperparameters: { minAllowedWeights: 1_024 },
      neurons: [sampleNeuron(VALIDATOR_UID), sampleNeuron(2), sampleNeuron(3)],
    });
    expect(preflight(small)?.message).toContain('at least 3 weights, there are 2');
  });

  it.each([
    [21_845, undefined],
    [21_844, 'MaxWeightExceeded'],
  ])('compares a share of exactly one third with the limit %i', (maxWeightLimit, reason) => {
    const vector = { uids: Uint16Array.of(2, 3, 4), weights: Uint16Array.of(7, 7, 7) };
    const failure = preflight(check({ hyperparameters: { maxWeightLimit } }, vector));
    expect(failure?.reason).toBe(reason);
    if (reason !== undefined) {
      expect(failure).toMatchObject({
        action: { kind: 'stop' },
        message: 'one weight is 33.333 % of the sum, the subnet allows 33.332 %',
      });
    }
  });

  it('lets a limit pass when all weights are zero', () => {
    const vector = { uids: Uint16Array.of(2), weights: Uint16Array.of(0) };
    expect(preflight(check({ hyperparameters: { maxWeightLimit: 1 } }, vector))).toBeUndefined();
  });

  it('exempts a validator that weights itself alone', () => {
    const vector = { uids: Uint16Array.of(VALIDATOR_UID), weights: Uint16Array.of(65_535) };
    const neurons = [sampleNeuron(VALIDATOR_UID, { hasValidatorPermit: false }), sampleNeuron(2)];
    const hyperparameters = { maxWeightLimit: 100, minAllowedWeights: 2 };
    expect(preflight(check({ neurons, hyperparameters }, vector))).toBeUndefined();
  });

  it('takes a vector without a hotkey per entry for a bug', () => {
    const given = check();
    const set = { ...given.set, hotkeys: [] };
    expect(() => preflight({ ...given, set })).toThrow(AssertionError);
  });
});

describe('the padded vector', () => {
  it('is the vector when it is long enough', () => {
    const { submitted } = check();
    expect(paddedVector(submitted, sampleMetagraph())).toBe(submitted);
  });

  it('has as many entries as the chain wants, the positive ones unchanged', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 60 }),
        (chosen, minAllowedWeights) => {
          const uids = Uint16Array.from(chosen).sort();
          const vector = { uids, weights: uids.map((uid) => uid + 1) };
          const metagraph = sampleMetagraph({ size: 30, hyperparameters: { minAllowedWeights } });
          const padded = paddedVector(vector, metagraph);
          expect(padded.uids.length).toBe(Math.max(uids.length, Math.min(30, minAllowedWeights)));
          expect([...padded.uids]).toEqual([...new Set(padded.uids)].sort((a, b) => a - b));
          const positive = [...padded.uids].filter((_, index) => padded.weights[index] !== 0);
          expect(positive).toEqual([...uids]);
          padded.weights.forEach((weight, index) => {
            if (weight > 0) expect(weight).toBe((padded.uids[index] as number) + 1);
          });
        },
      ),
    );
  });
});

function check(
  metagraph: SampleMetagraph = {},
  vector = { uids: Uint16Array.of(2, 3), weights: Uint16Array.of(10, 20) },
): PreflightCheck {
  const hotkeys = Array.from(vector.uids, (uid) => sampleHotkey(uid));
  return {
    set: { block: 990, vector, hotkeys, versionKey: 3, burn: NO_BURN },
    submitted: vector,
    metagraph: sampleMetagraph(metagraph),
    validatorHotkey: VALIDATOR,
  };
}
