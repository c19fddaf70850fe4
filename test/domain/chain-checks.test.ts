import { describe, expect, it } from 'vitest';
import { CHAIN_CHECK_NAMES, chainChecks } from '../../src/domain/chain-checks.ts';
import { check, facts, SELF_WEIGHT, SUBMITTED, VALIDATOR } from '../support/chain-check-samples.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { STANDING_NOW_MS, sampleStanding } from '../support/standing-samples.ts';
import {
  OWNER_UID,
  type SampleMetagraph,
  sampleMetagraph,
  sampleNeuron,
  VALIDATOR_UID,
} from '../support/weight-setter-samples.ts';

const STOP = { kind: 'stop' };

function subnet(overrides: SampleMetagraph, validator: Parameters<typeof sampleNeuron>[1] = {}) {
  const neurons = [sampleNeuron(0), sampleNeuron(VALIDATOR_UID, validator), sampleNeuron(2)];
  return { metagraph: sampleMetagraph({ neurons, ...overrides }) };
}

describe('the checks of the chain', () => {
  it('are one line for each name, in their order', () => {
    const lists = [
      facts(),
      facts({ submitted: SUBMITTED }),
      facts({ validatorHotkey: sampleHotkey(77) }),
    ];
    for (const list of lists) {
      expect(chainChecks(list).map(({ name }) => name)).toEqual(CHAIN_CHECK_NAMES);
    }
    expect(CHAIN_CHECK_NAMES).toEqual([
      'endpoint',
      'clock',
      'wallet',
      'mechanism',
      'registration',
      'stake',
      'version_key',
      'rate_limit',
      'permit',
      'commit_reveal',
      'drand',
      'min_weights',
      'max_weight',
    ]);
  });

  it('find nothing wrong where the chain would take the weights', () => {
    const lines = chainChecks(facts({ submitted: SUBMITTED }));
    expect(lines.filter(({ verdict }) => verdict !== 'ok')).toEqual([
      {
        name: 'drand',
        verdict: 'skipped',
        detail: 'weights are not committed, so no pulse is needed',
      },
    ]);
  });

  it('say what to do exactly when something is wrong, and fail whenever the chain would refuse', () => {
    const broken = facts({
      metagraph: sampleMetagraph({
        neurons: [sampleNeuron(VALIDATOR_UID, { hasValidatorPermit: false, lastUpdateBlock: 990 })],
        hyperparameters: { weightsVersionKey: 9, minAllowedWeights: 5, maxWeightLimit: 9 },
      }),
      standing: sampleStanding({
        hasSubnet: false,
        stake: { weightRao: 0n, thresholdRao: 1n },
        commitReveal: { isEnabled: true, version: 9, isSupported: false, revealPeriodEpochs: 1 },
        drandRound: 1,
      }),
      nowMs: STANDING_NOW_MS + 3_600_000,
      submitted: { uids: Uint16Array.of(), weights: Uint16Array.of() },
    });
    const nobody = facts({ validatorHotkey: sampleHotkey(77) });
    for (const given of [facts(), broken, nobody]) {
      for (const { name, verdict, detail, remedy, failure } of chainChecks(given)) {
        const isWrong = verdict === 'failed' || verdict === 'warning';
        expect(remedy !== undefined, name).toBe(isWrong);
        expect(detail, name).not.toBe('');
        if (failure === undefined) continue;
        expect(verdict).toBe('failed');
        expect(failure.message).toBe(`${detail}; ${remedy}`);
      }
    }
    expect(chainChecks(broken).filter(({ verdict }) => verdict === 'ok')).toMatchObject([
      { name: 'wallet' },
      { name: 'registration' },
      { name: 'max_weight' },
    ]);
  });
});

describe('endpoint and clock', () => {
  const block = (ageMs: number) => ({ nowMs: sampleStanding().blockTimeMs + ageMs });

  it.each([
    [-3_600_000, 'ok', 'failed'],
    [-10_001, 'ok', 'failed'],
    [-10_000, 'ok', 'ok'],
    [-1, 'ok', 'ok'],
    [0, 'ok', 'ok'],
    [24_000, 'ok', 'ok'],
    [60_000, 'ok', 'ok'],
    [60_001, 'warning', 'warning'],
    [300_000, 'warning', 'warning'],
    [300_001, 'failed', 'warning'],
  ])('with a newest block of an age of %i ms are %s and %s', (ageMs, endpoint, clock) => {
    expect(check('endpoint', block(ageMs))?.verdict).toBe(endpoint);
    expect(check('clock', block(ageMs))?.verdict).toBe(clock);
    expect(check('endpoint', block(ageMs))?.failure).toBeUndefined();
    expect(check('clock', block(ageMs))?.failure).toBeUndefined();
  });

  it('name the endpoint, its software, the block and its age', () => {
    expect(check('endpoint')?.detail).toBe(
      'wss://node.example (node-subtensor 424), newest final block 1,000, 24 s old',
    );
    expect(check('endpoint', block(-5_000))?.detail).toBe(
      "wss://node.example (node-subtensor 424), newest final block 1,000, made after the time of this machine's clock",
    );
    expect(check('clock')?.detail).toBe(
      "this machine's clock is 24 s ahead of the newest final block",
    );
    expect(check('clock', block(-5_000))?.detail).toBe(
      "this machine's clock is 5 s behind the newest final block",
    );
  });

  it('tell ages in whole seconds', () => {
    const told = { nowMs: STANDING_NOW_MS + 1_234 };
    expect(check('endpoint', told)?.detail).toMatch(/, 25 s old$/);
    expect(check('clock', told)?.detail).toContain('25 s ahead');
  });

  it('say both of what may be behind an old block', () => {
    expect(check('clock', block(400_000))?.detail).toMatch(
      /6 min 40 s ahead .*: either the endpoint is behind the chain or the clock is ahead/,
    );
    expect(check('endpoint', block(400_000))?.remedy).toMatch(/node keeps up.*set the clock/);
  });
});

describe('wallet and registration', () => {
  it('name the key and its UID', () => {
    expect(check('wallet')?.detail).toBe(
      `hotkey default of wallet validator (sr25519), ${VALIDATOR}`,
    );
    expect(check('registration')).toEqual({
      name: 'registration',
      verdict: 'ok',
      detail: 'UID 1 on subnet 39, registered at block 100',
    });
  });

  it('fail without a UID, and what needs one is skipped', () => {
    const validatorHotkey = sampleHotkey(77);
    const standing = sampleStanding();
    const { stake: _, ...unstaked } = standing;
    const lines = chainChecks(facts({ validatorHotkey, standing: unstaked }));
    expect(lines.filter(({ verdict }) => verdict !== 'ok')).toMatchObject([
      {
        name: 'registration',
        verdict: 'failed',
        failure: {
          reason: 'HotKeyNotRegisteredInSubNet',
          action: STOP,
          message: expect.stringContaining(
            `the validator's hotkey ${validatorHotkey} has no UID on subnet 39; register it`,
          ),
        },
      },
      { name: 'stake', verdict: 'skipped' },
      { name: 'rate_limit', verdict: 'skipped' },
      { name: 'permit', verdict: 'skipped' },
      { name: 'drand', verdict: 'skipped' },
    ]);
  });
});

describe('mechanism', () => {
  it('stops on a chain without the subnet', () => {
    expect(check('mechanism', { standing: sampleStanding({ hasSubnet: false }) })).toMatchObject({
      detail: 'there is no subnet 39 on this chain',
      failure: { reason: 'SubnetNotExists', action: STOP },
    });
  });

  it.each([
    [0, 1, 'subnet 39 has 1 mechanism, weights are for mechanism 0'],
    [1, 2, 'subnet 39 has 2 mechanisms, weights are for mechanism 1'],
  ])('%i is there when there are %i', (mecid, mechanismCount, detail) => {
    const found = check('mechanism', { mecid, standing: sampleStanding({ mechanismCount }) });
    expect(found).toMatchObject({ verdict: 'ok', detail });
  });

  it('stops where it is not there', () => {
    expect(check('mechanism', { mecid: 1 })).toMatchObject({
      detail: 'subnet 39 has 1 mechanism and no mechanism 1',
      failure: { reason: 'MechanismDoesNotExist', action: STOP },
    });
  });
});

describe('stake', () => {
  it.each([
    [
      1_234_500_000_000n,
      1_000_000_000_000n,
      'a stake weight of 1,234.5 TAO, at least 1,000 TAO are needed',
    ],
    [1n, 0n, 'a stake weight of 0.000000001 TAO, at least 0 TAO are needed'],
    [7_000_000_000n, 7_000_000_000n, 'a stake weight of 7 TAO, at least 7 TAO are needed'],
  ])('of %d rao is enough for %d', (weightRao, thresholdRao, detail) => {
    const standing = sampleStanding({ stake: { weightRao, thresholdRao } });
    expect(check('stake', { standing })).toEqual({ name: 'stake', verdict: 'ok', detail });
  });

  it('stops one rao below the threshold', () => {
    const stake = { weightRao: 999_999_999_999n, thresholdRao: 1_000_000_000_000n };
    expect(check('stake', { standing: sampleStanding({ stake }) })).toEqual({
      name: 'stake',
      verdict: 'failed',
      detail: 'the stake weight of 999.999999999 TAO is below the threshold of 1,000 TAO',
      remedy: 'add stake to the hotkey: 0.000000001 TAO of stake weight are missing',
      failure: {
        reason: 'NotEnoughStakeToSetWeights',
        action: STOP,
        message:
          'the stake weight of 999.999999999 TAO is below the threshold of 1,000 TAO; add stake to the hotkey: 0.000000001 TAO of stake weight are missing',
      },
    });
  });

  it("is not asked of the subnet's owner", () => {
    const standing = sampleStanding({ stake: { weightRao: 0n, thresholdRao: 5n } });
    const owner = { standing, validatorHotkey: sampleHotkey(OWNER_UID) };
    expect(check('stake', owner)?.verdict).toBe('ok');
  });
});

describe('version key', () => {
  it.each([
    [0, 'ok', 'version key 3, the subnet takes any'],
    [3, 'ok', 'version key 3, the subnet takes 3 or more'],
    [
      4,
      'failed',
      "the configured version key 3 is below the subnet's 4: the subnet wants newer validator software",
    ],
  ])('3 where the subnet asks for %i is %s', (weightsVersionKey, verdict, detail) => {
    const metagraph = sampleMetagraph({ hyperparameters: { weightsVersionKey } });
    expect(check('version_key', { metagraph })).toMatchObject({ verdict, detail });
  });
});

describe('rate limit', () => {
  const limit = (lastUpdateBlock: number) => subnet({}, { lastUpdateBlock });

  it('is no matter before the first weights and after it has passed', () => {
    expect(check('rate_limit', limit(0))?.detail).toBe('no weights were ever set');
    expect(check('rate_limit', { ...limit(900), submitted: SUBMITTED })).toEqual({
      name: 'rate_limit',
      verdict: 'ok',
      detail: 'the chain takes weights every 100 blocks, the last were at block 900',
    });
  });

  it('that runs is as it should be when nothing is submitted', () => {
    expect(check('rate_limit', limit(901))).toEqual({
      name: 'rate_limit',
      verdict: 'ok',
      detail:
        'the chain takes weights every 100 blocks: the next weights may be set at block 1,001',
    });
  });

  it('that runs fails a submission until its block', () => {
    expect(check('rate_limit', { ...limit(901), submitted: SUBMITTED })).toMatchObject({
      verdict: 'failed',
      detail: 'the chain takes weights every 100 blocks, the next at block 1001',
      failure: {
        reason: 'SettingWeightsTooFast',
        action: { kind: 'retry_at_block', block: 1_001 },
      },
    });
  });
});

describe('permit', () => {
  it.each([
    [{}, subnet({}), 'UID 1 has a validator permit'],
    [
      {},
      subnet({ ownerHotkey: VALIDATOR }, { hasValidatorPermit: false }),
      "UID 1 is the owner's and needs none",
    ],
    [
      { submitted: SELF_WEIGHT },
      subnet({}, { hasValidatorPermit: false }),
      'UID 1 weights nobody but itself and needs none',
    ],
  ])('is enough, with %j', (submitted, given, detail) => {
    expect(check('permit', { ...given, ...submitted })).toMatchObject({ verdict: 'ok', detail });
  });

  it.each([
    [360, 1_360],
    [0, 1_001],
  ])('that is missing comes with the next epoch of %i blocks', (tempoBlocks, block) => {
    const given = subnet({ hyperparameters: { tempoBlocks } }, { hasValidatorPermit: false });
    for (const submitted of [{}, { submitted: SUBMITTED }]) {
      expect(check('permit', { ...given, ...submitted })).toMatchObject({
        detail: 'UID 1 has no validator permit in this epoch: its stake is too low',
        failure: {
          reason: 'NeuronNoValidatorPermit',
          action: { kind: 'retry_at_block', block },
        },
      });
    }
  });
});
