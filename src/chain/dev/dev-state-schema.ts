import * as z from 'zod';
import { hotkey, minerUid } from '../../domain/ids.ts';

export const FORMAT = 'assay-dev-chain-1';
const count = z.int().min(0);
const u16 = z.int().min(0).max(65_535);
const uid = u16.transform((value) => minerUid(value));
const key = z.string().transform((value) => hotkey(value));
const entries = z.array(u16).transform((values) => Uint16Array.from(values));
const vector = { uids: entries, weights: entries };

const hyperparameters = z.strictObject({
  weightsRateLimitBlocks: count,
  weightsVersionKey: count,
  minAllowedWeights: count,
  maxWeightLimit: u16,
  isCommitRevealEnabled: z.boolean(),
  tempoBlocks: count,
  stakeThreshold: z.number().min(0),
  mechanismCount: count,
  revealPeriodEpochs: count,
});

const neuron = z.strictObject({
  uid,
  hotkey: key,
  registeredAtBlock: count,
  lastUpdateBlock: count,
  isAxonActive: z.boolean(),
  hasValidatorPermit: z.boolean(),
  stake: z.number().min(0),
});

/** What the state file holds; strict, so that a file of another version is refused instead of half read. */
export const stateSchema = z.strictObject({
  format: z.literal(FORMAT),
  genesis: z.strictObject({ seed: z.int(), miners: count, netuid: count, mecid: count }),
  configured: hyperparameters,
  block: count,
  blockTimeMs: z.number().min(0),
  neurons: z.strictObject({ removedUids: z.array(u16), changed: z.array(neuron) }),
  ownerHotkey: key,
  validatorHotkey: key,
  hyperparameters,
  epochIndex: count,
  lastEpochBlock: count,
  weights: z.strictObject({ validatorUid: uid, ...vector }).nullable(),
  commits: z.array(
    z.strictObject({
      extrinsicHash: z.string(),
      signer: key,
      epoch: count,
      ...vector,
      versionKey: count,
    }),
  ),
  registrationCount: count,
});

/** As it is in the file. */
export type SavedState = z.input<typeof stateSchema>;

/** As it is in memory, checked. */
export type State = z.infer<typeof stateSchema>;
