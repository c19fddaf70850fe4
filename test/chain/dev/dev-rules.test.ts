import { describe, expect, it } from 'vitest';
import type { WeightIntent } from '../../../src/actors/ports.ts';
import type { DevChain } from '../../../src/chain/dev/dev-chain.ts';
import type { DevChainOptions } from '../../../src/chain/dev/dev-genesis.ts';
import {
  entriesOf,
  intent,
  makeBlocks,
  outcome,
  smallChain,
  submitted,
} from './dev-chain-support.ts';

const GOOD = intent([
  [2, 10],
  [3, 20],
]);

interface BrokenRule {
  readonly reason: string;
  readonly options?: Partial<DevChainOptions>;
  readonly arrange?: (chain: DevChain) => void;
  readonly wanted?: WeightIntent;
  readonly action: object;
}

const BROKEN_RULES: readonly BrokenRule[] = [
  {
    reason: 'CanNotSetRootNetworkWeights',
    options: { netuid: 0 },
    action: { kind: 'stop' },
  },
  {
    reason: 'WeightVecNotEqualSize',
    wanted: { vector: { uids: Uint16Array.of(2, 3), weights: Uint16Array.of(1) }, versionKey: 0 },
    action: { kind: 'stop' },
  },
  { reason: 'MechanismDoesNotExist', options: { mecid: 1 }, action: { kind: 'stop' } },
  {
    reason: 'UidsLengthExceedUidsInSubNet',
    wanted: intent(Array.from({ length: 8 }, (_, index) => [index, 1])),
    action: { kind: 'stop' },
  },
  {
    reason: 'HotKeyNotRegisteredInSubNet',
    arrange: (chain) => chain.deregister(1),
    action: { kind: 'stop' },
  },
  {
    reason: 'NotEnoughStakeToSetWeights',
    options: { stakeThreshold: 1_001 },
    action: { kind: 'stop' },
  },
  {
    reason: 'IncorrectWeightVersionKey',
    options: { weightsVersionKey: 5 },
    wanted: intent([[2, 1]], 4),
    action: { kind: 'stop' },
  },
  {
    reason: 'SettingWeightsTooFast',
    arrange: (chain) => {
      chain.deregister(1);
      chain.produceBlock();
      chain.register(chain.validatorHotkey);
      chain.setPermit(1, true);
    },
    action: { kind: 'retry_at_block', block: 101 },
  },
  {
    reason: 'NeuronNoValidatorPermit',
    arrange: (chain) => chain.setPermit(1, false),
    action: { kind: 'retry_at_block', block: 360 },
  },
  {
    reason: 'DuplicateUids',
    wanted: intent([
      [2, 1],
      [2, 1],
    ]),
    action: { kind: 'stop' },
  },
  {
    reason: 'UidVecContainInvalidOne',
    wanted: intent([[7, 1]]),
    action: { kind: 'retry_now' },
  },
  {
    reason: 'UidVecContainInvalidOne',
    arrange: (chain) => chain.deregister(2),
    action: { kind: 'retry_now' },
  },
  {
    reason: 'WeightVecLengthIsLow',
    options: { minAllowedWeights: 3 },
    action: { kind: 'retry_now' },
  },
  {
    reason: 'MaxWeightExceeded',
    options: { maxWeightLimit: 32_768 },
    action: { kind: 'retry_now' },
  },
  {
    reason: 'CommitRevealEnabled',
    arrange: (chain) => {
      // Signed as a plain set while commit-reveal was off; the owner turned it on before the next block.
      queueMicrotask(() => chain.setHyperparameters({ isCommitRevealEnabled: true }));
    },
    action: { kind: 'retry_now' },
  },
  {
    reason: 'CommitRevealDisabled',
    options: { isCommitRevealEnabled: true },
    arrange: (chain) => {
      queueMicrotask(() => chain.setHyperparameters({ isCommitRevealEnabled: false }));
    },
    action: { kind: 'retry_now' },
  },
];

describe('the dev chain refuses', () => {
  it.each(BROKEN_RULES)('with $reason and what to do', async (rule) => {
    const chain = smallChain(rule.options);
    rule.arrange?.(chain);
    const steps = await submitted(chain, rule.wanted ?? GOOD);
    expect(steps.at(-1)).toMatchObject({
      state: 'failed',
      failure: { reason: rule.reason, action: rule.action },
    });
    expect((await chain.storedWeights()).vector.uids).toHaveLength(0);
  });

  it('in the order of the chain when several rules are broken', async () => {
    const chain = smallChain({ weightsVersionKey: 5, minAllowedWeights: 7, maxWeightLimit: 1 });
    const wanted = intent(
      [
        [2, 1],
        [2, 1],
        [9, 1],
      ],
      0,
    );
    chain.setPermit(1, false);
    const asked: string[] = [];
    const repair: (() => void)[] = [
      () => chain.setHyperparameters({ weightsVersionKey: 0 }),
      () => chain.setPermit(1, true),
    ];
    for (const next of [...repair, () => undefined]) {
      asked.push(outcome(await submitted(chain, wanted)));
      next();
    }
    expect(asked).toEqual([
      'IncorrectWeightVersionKey',
      'NeuronNoValidatorPermit',
      'DuplicateUids',
    ]);
  });

  it('in the pool what the pool can see, and in a block what only a block can', async () => {
    const unregistered = smallChain();
    unregistered.deregister(1);
    const refused = await submitted(unregistered, GOOD);
    expect(refused.map(({ state }) => state)).toEqual(['prepared', 'failed']);
    const duplicate = intent([
      [2, 1],
      [2, 1],
    ]);
    const steps = await submitted(smallChain(), duplicate);
    expect(steps.map(({ state }) => state)).toEqual([
      'prepared',
      'submitted',
      'in_block',
      'failed',
    ]);
  });
});

describe('the dev chain accepts', () => {
  it('a version key that is not lower than the one asked for', async () => {
    for (const versionKey of [5, 6]) {
      const chain = smallChain({ weightsVersionKey: 5 });
      expect(outcome(await submitted(chain, intent([[2, 1]], versionKey)))).toBe('finalized');
    }
  });

  it('zeros towards the minimum number of weights', async () => {
    const chain = smallChain({ minAllowedWeights: 3 });
    const padded = intent([
      [2, 10],
      [3, 20],
      [4, 0],
    ]);
    expect(outcome(await submitted(chain, padded))).toBe('finalized');
    expect(entriesOf((await chain.storedWeights()).vector)).toEqual([
      [2, 32_768],
      [3, 65_535],
      [4, 0],
    ]);
  });

  it('as many weights as there are UIDs when the minimum is higher', async () => {
    const chain = smallChain({ minAllowedWeights: 1_024 });
    const all = intent(Array.from({ length: 7 }, (_, uid) => [uid, 1]));
    expect(outcome(await submitted(chain, all))).toBe('finalized');
  });

  it('a single weight on the validator itself without permit, minimum or maximum', async () => {
    const chain = smallChain({ minAllowedWeights: 3, maxWeightLimit: 100 });
    chain.setPermit(1, false);
    expect(outcome(await submitted(chain, intent([[1, 1]])))).toBe('finalized');
  });

  it('weights of the owner without permit and stake', async () => {
    const chain = smallChain({ stakeThreshold: 5_000 });
    chain.setPermit(1, false);
    chain.setOwnerHotkey(chain.validatorHotkey);
    expect(outcome(await submitted(chain, GOOD))).toBe('finalized');
  });

  it('weights again exactly when the rate limit has passed', async () => {
    const chain = smallChain({ weightsRateLimitBlocks: 10, finalityLagBlocks: 0 });
    await makeBlocks(chain, 5);
    await submitted(chain, GOOD);
    expect((await chain.storedWeights()).lastUpdateBlock).toBe(6);
    await makeBlocks(chain, 9);
    expect(chain.head.block).toBe(15);
    expect((await submitted(chain, GOOD)).at(-1)).toMatchObject({
      failure: { reason: 'SettingWeightsTooFast', action: { kind: 'retry_at_block', block: 16 } },
    });
    await makeBlocks(chain, 1);
    expect(outcome(await submitted(chain, GOOD))).toBe('finalized');
    expect((await chain.storedWeights()).lastUpdateBlock).toBe(17);
  });

  it('the first weights of a validator that was there from the start at once', async () => {
    const chain = smallChain({ weightsRateLimitBlocks: 1_000 });
    expect(outcome(await submitted(chain, GOOD))).toBe('finalized');
  });
});
