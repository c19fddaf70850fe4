import { describe, expect, it } from 'vitest';
import { newestDrandRound } from '../../src/domain/epoch-schedule.ts';
import { check, SELF_WEIGHT, SUBMITTED } from '../support/chain-check-samples.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { sampleStanding } from '../support/standing-samples.ts';
import { sampleMetagraph } from '../support/weight-setter-samples.ts';

const STOP = { kind: 'stop' };

describe('commit-reveal', () => {
  const commitReveal = { isEnabled: true, version: 4, isSupported: true, revealPeriodEpochs: 1 };

  it('is off or on, with its version and period', () => {
    expect(check('commit_reveal')?.detail).toBe('off: weights are set in plain');
    expect(check('commit_reveal', { standing: sampleStanding({ commitReveal }) })).toMatchObject({
      verdict: 'ok',
      detail: 'on, version 4: the chain opens commitments 1 epoch later',
    });
  });

  it('stops with a version that we cannot make, but only while it is on', () => {
    const unknown = { ...commitReveal, version: 5, isSupported: false };
    const standing = sampleStanding({ commitReveal: unknown });
    expect(check('commit_reveal', { standing })).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('version 5'),
      failure: { reason: 'IncorrectCommitRevealVersion', action: STOP },
    });
    const off = sampleStanding({ commitReveal: { ...unknown, isEnabled: false } });
    expect(check('commit_reveal', { standing: off })?.verdict).toBe('ok');
  });

  it('needs fresh drand pulses', () => {
    const newest = newestDrandRound(sampleStanding().blockTimeMs);
    const verdictOf = (drandRound: number) =>
      check('drand', { standing: sampleStanding({ commitReveal, drandRound }) });
    expect(verdictOf(newest + 5)).toMatchObject({
      verdict: 'ok',
      detail: expect.stringContaining(', 0 behind drand'),
    });
    expect(verdictOf(newest - 100)?.verdict).toBe('ok');
    expect(verdictOf(newest - 101)).toMatchObject({
      verdict: 'warning',
      detail: expect.stringContaining(
        '101 behind drand (5 min 3 s): commitments cannot be opened while the chain has no fresh drand pulses',
      ),
    });
    expect(check('drand', { standing: sampleStanding({ commitReveal }) })).toMatchObject({
      verdict: 'skipped',
      detail: 'the chain keeps no drand pulses',
    });
  });
});

describe('minimum and maximum weights', () => {
  const strict = { hyperparameters: { minAllowedWeights: 1_024, maxWeightLimit: 21_844 } };
  const metagraph = sampleMetagraph({ ...strict, size: 3 });

  it('say what the subnet asks when nothing is submitted', () => {
    expect(check('min_weights', { metagraph })).toEqual({
      name: 'min_weights',
      verdict: 'ok',
      detail: 'the chain wants at least 3 weights; Assay fills up with zeros',
    });
    expect(check('max_weight', { metagraph })).toEqual({
      name: 'max_weight',
      verdict: 'ok',
      detail: 'the subnet allows 33.332 % for one weight; Assay clips what is larger',
    });
    expect(check('max_weight')?.detail).toBe('the subnet does not limit the share of one weight');
  });

  it('refuse what is submitted and breaks them', () => {
    expect(check('min_weights', { metagraph, submitted: SUBMITTED })).toMatchObject({
      detail: 'the chain wants at least 3 weights, there are 2',
      failure: { reason: 'WeightVecLengthIsLow', action: STOP },
    });
    const third = { uids: Uint16Array.of(0, 1, 2), weights: Uint16Array.of(7, 7, 7) };
    expect(check('max_weight', { metagraph, submitted: third })).toMatchObject({
      detail: 'one weight is 33.333 % of the sum, the subnet allows 33.332 %',
      failure: { reason: 'MaxWeightExceeded', action: STOP },
    });
  });

  it('let what is submitted pass when it keeps to them', () => {
    const third = { uids: Uint16Array.of(0, 1, 2), weights: Uint16Array.of(7, 7, 7) };
    const exact = sampleMetagraph({ size: 3, hyperparameters: { maxWeightLimit: 21_845 } });
    expect(check('max_weight', { metagraph: exact, submitted: third })?.verdict).toBe('ok');
    expect(check('min_weights', { metagraph, submitted: third })?.detail).toBe(
      'the chain wants at least 3 weights, there are 3',
    );
  });

  it('exempt a validator that weights itself alone', () => {
    for (const name of ['min_weights', 'max_weight'] as const) {
      expect(check(name, { metagraph, submitted: SELF_WEIGHT })?.verdict).toBe('ok');
      const stranger = { metagraph, submitted: SELF_WEIGHT, validatorHotkey: sampleHotkey(2) };
      expect(check(name, stranger)?.verdict).toBe('failed');
    }
  });
});
