import { describe, expect, it } from 'vitest';
import { type PreflightFacts, preflight } from '../../src/domain/preflight.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { STANDING_NOW_MS, sampleStanding } from '../support/standing-samples.ts';
import { NO_BURN } from '../support/weight-set-samples.ts';
import {
  type SampleMetagraph,
  sampleMetagraph,
  sampleNeuron,
  VALIDATOR_UID,
} from '../support/weight-setter-samples.ts';

const VALIDATOR = sampleHotkey(VALIDATOR_UID);

describe('the check before a submission', () => {
  it('lets weights pass that the chain would take, and tells every check', () => {
    const { checks, failure } = preflight(facts());
    expect(failure).toBeUndefined();
    expect(checks).toHaveLength(13);
  });

  it('stops when the validator has no UID', () => {
    expect(failureOf(facts({ neurons: [sampleNeuron(2), sampleNeuron(3)] }))).toMatchObject({
      reason: 'HotKeyNotRegisteredInSubNet',
      action: { kind: 'stop' },
      message: expect.stringContaining(VALIDATOR),
    });
  });

  it('knows the version key and the mechanism of the set', () => {
    const given = facts({ hyperparameters: { weightsVersionKey: 3 } });
    expect(failureOf(given)).toBeUndefined();
    const older = { ...given, set: { ...given.set, versionKey: 2 } };
    expect(failureOf(older)?.reason).toBe('IncorrectWeightVersionKey');
    const elsewhere = { ...given, set: { ...given.set, mecid: 1 } };
    expect(failureOf(elsewhere)?.reason).toBe('MechanismDoesNotExist');
  });

  it('judges what is submitted and not what was decided', () => {
    const given = facts({ hyperparameters: { minAllowedWeights: 3 } });
    expect(failureOf(given)?.message).toContain('at least 3 weights, there are 2');
    const uids = Uint16Array.of(1, 2, 3);
    const submitted = { uids, weights: Uint16Array.of(0, 10, 20) };
    expect(failureOf({ ...given, submitted })).toBeUndefined();
  });

  it('names the first rule that is broken, in the order of the chain', () => {
    const neurons = (lastUpdateBlock: number) => [
      sampleNeuron(VALIDATOR_UID, { hasValidatorPermit: false, lastUpdateBlock }),
      sampleNeuron(2),
    ];
    const hyperparameters = { weightsVersionKey: 4, minAllowedWeights: 9, maxWeightLimit: 9 };
    const reasonOf = (given: PreflightFacts) => failureOf(given)?.reason;
    const broken = facts({ neurons: neurons(950), hyperparameters });
    const unstaked = sampleStanding({ stake: { weightRao: 1n, thresholdRao: 2n } });
    const absent = sampleStanding({ hasSubnet: false });
    expect(reasonOf({ ...broken, standing: absent })).toBe('SubnetNotExists');
    expect(reasonOf({ ...broken, standing: unstaked })).toBe('NotEnoughStakeToSetWeights');
    expect(reasonOf(broken)).toBe('IncorrectWeightVersionKey');
    const anyKey = { ...hyperparameters, weightsVersionKey: 0 };
    expect(reasonOf(facts({ neurons: neurons(950), hyperparameters: anyKey }))).toBe(
      'SettingWeightsTooFast',
    );
    expect(reasonOf(facts({ neurons: neurons(0), hyperparameters: anyKey }))).toBe(
      'NeuronNoValidatorPermit',
    );
    const changed = facts({ neurons: [sampleNeuron(VALIDATOR_UID), sampleNeuron(2)] });
    expect(reasonOf({ ...changed, set: { ...changed.set, block: 1 } })).toBe('DECISION_OUTDATED');
    expect(reasonOf(changed)).toBe('UID_CHANGED_HANDS');
  });

  it('does not fail for what the chain does not mind', () => {
    const old = { ...facts(), nowMs: STANDING_NOW_MS + 3_600_000 };
    const { checks, failure } = preflight(old);
    expect(checks.find(({ name }) => name === 'endpoint')?.verdict).toBe('failed');
    expect(failure).toBeUndefined();
  });

  it('sends a decision for 32 blocks and decides again after that', () => {
    const given = facts();
    const decidedAt = (block: number) => failureOf({ ...given, set: { ...given.set, block } });
    expect(decidedAt(1_000 - 32)).toBeUndefined();
    expect(decidedAt(1_000 - 33)).toMatchObject({
      reason: 'DECISION_OUTDATED',
      action: { kind: 'retry_now' },
    });
  });

  it('burns to the owner of this moment and to nobody else', () => {
    const given = facts({ ownerHotkey: sampleHotkey(2) });
    const burnedTo = (uid: number | null) =>
      failureOf({ ...given, set: { ...given.set, burn: { ...NO_BURN, uid, weight: 10 } } });
    expect(burnedTo(2)).toBeUndefined();
    const refused = { reason: 'BURN_TARGET_NOT_OWNER', action: { kind: 'retry_now' } };
    for (const stranger of [3, 999, null]) expect(burnedTo(stranger)).toMatchObject(refused);
  });

  it('decides again when a UID has changed hands or is gone', () => {
    const validator = sampleNeuron(VALIDATOR_UID);
    const replaced = [validator, sampleNeuron(2, { hotkey: sampleHotkey(99) }), sampleNeuron(3)];
    for (const neurons of [replaced, [validator, sampleNeuron(3)]]) {
      expect(failureOf(facts({ neurons }))).toEqual({
        reason: 'UID_CHANGED_HANDS',
        action: { kind: 'retry_now' },
        message: `UID 2 no longer belongs to ${sampleHotkey(2)}, for whom its weight was decided`,
      });
    }
  });

  it('exempts a validator that weights itself alone', () => {
    const vector = { uids: Uint16Array.of(VALIDATOR_UID), weights: Uint16Array.of(65_535) };
    const neurons = [sampleNeuron(VALIDATOR_UID, { hasValidatorPermit: false }), sampleNeuron(2)];
    const hyperparameters = { maxWeightLimit: 100, minAllowedWeights: 2 };
    expect(failureOf(facts({ neurons, hyperparameters }, vector))).toBeUndefined();
  });

  it('takes a vector without a hotkey per entry for a bug', () => {
    const given = facts();
    const set = { ...given.set, hotkeys: [] };
    expect(() => preflight({ ...given, set })).toThrow(AssertionError);
  });
});

function failureOf(given: PreflightFacts) {
  return preflight(given).failure;
}

function facts(
  metagraph: SampleMetagraph = {},
  vector = { uids: Uint16Array.of(2, 3), weights: Uint16Array.of(10, 20) },
): PreflightFacts {
  const hotkeys = Array.from(vector.uids, (uid) => sampleHotkey(uid));
  return {
    set: { mecid: 0, block: 990, vector, hotkeys, versionKey: 3, burn: NO_BURN },
    submitted: vector,
    metagraph: sampleMetagraph(metagraph),
    standing: sampleStanding(),
    validatorHotkey: VALIDATOR,
    nowMs: STANDING_NOW_MS,
  };
}
