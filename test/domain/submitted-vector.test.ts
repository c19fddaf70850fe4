import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithinMaxWeight } from '../../src/domain/clipping.ts';
import { submittedVector } from '../../src/domain/submitted-vector.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { sampleMetagraph, VALIDATOR_UID } from '../support/weight-setter-samples.ts';

const VALIDATOR = sampleHotkey(VALIDATOR_UID);

describe('the submitted vector', () => {
  it('is the vector itself when it is long enough and within the limit', () => {
    const vector = { uids: Uint16Array.of(2, 3), weights: Uint16Array.of(10, 20) };
    const submitted = submittedVector(vector, sampleMetagraph(), VALIDATOR);
    expect(submitted).toEqual({ vector, isClipped: false });
    expect(submitted.vector).toBe(vector);
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
          const padded = submittedVector(vector, metagraph, sampleHotkey(99)).vector;
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

  it('is clipped and filled up when it is both too concentrated and too short', () => {
    const vector = { uids: Uint16Array.of(4, 6, 7), weights: Uint16Array.of(60_000, 300, 200) };
    const hyperparameters = { maxWeightLimit: 32_768, minAllowedWeights: 5 };
    const submitted = submittedVector(vector, sampleMetagraph({ hyperparameters }), VALIDATOR);
    expect(submitted).toEqual({
      vector: { uids: Uint16Array.of(0, 1, 4, 6, 7), weights: Uint16Array.of(0, 0, 500, 300, 200) },
      isClipped: true,
    });
    expect(isWithinMaxWeight(submitted.vector.weights, 32_768)).toBe(true);
    expect([...vector.weights]).toEqual([60_000, 300, 200]);
  });

  it('keeps its weights when no cap could pass', () => {
    const vector = { uids: Uint16Array.of(2, 3), weights: Uint16Array.of(10, 0) };
    const hyperparameters = { maxWeightLimit: 20_000 };
    const submitted = submittedVector(vector, sampleMetagraph({ hyperparameters }), VALIDATOR);
    expect(submitted).toEqual({ vector, isClipped: false });
  });

  it('is what it is when the validator weights itself alone', () => {
    const hyperparameters = { maxWeightLimit: 100, minAllowedWeights: 5 };
    const metagraph = sampleMetagraph({ hyperparameters });
    const vector = { uids: Uint16Array.of(VALIDATOR_UID), weights: Uint16Array.of(65_535) };
    expect(submittedVector(vector, metagraph, VALIDATOR).vector).toBe(vector);
    const another = submittedVector(vector, metagraph, sampleHotkey(2));
    expect(another.vector.uids).toHaveLength(5);
  });

  it('is filled up when it is empty and the validator has no UID', () => {
    const vector = { uids: Uint16Array.of(), weights: Uint16Array.of() };
    const metagraph = sampleMetagraph({ hyperparameters: { minAllowedWeights: 2 } });
    expect(submittedVector(vector, metagraph, sampleHotkey(99)).vector).toEqual({
      uids: Uint16Array.of(0, 1),
      weights: Uint16Array.of(0, 0),
    });
  });
});
