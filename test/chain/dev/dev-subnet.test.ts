import { describe, expect, it } from 'vitest';
import { DEV_CHAIN_DEFAULTS, genesis } from '../../../src/chain/dev/dev-genesis.ts';
import {
  type DevNeuron,
  neuronOf,
  register,
  slotCount,
} from '../../../src/chain/dev/dev-subnet.ts';
import { hotkey, minerUid } from '../../../src/domain/ids.ts';
import { random } from '../../../src/lib/random.ts';
import { encodeSs58 } from '../../../src/lib/ss58.ts';

const STRANGER = hotkey(encodeSs58(random('stranger').bytes(32)));
const empty = { ...genesis({ ...DEV_CHAIN_DEFAULTS, miners: 0 }, 0), neurons: [] };

function occupied(count: number): DevNeuron[] {
  return Array.from({ length: count }, (_, uid) => ({
    uid: minerUid(uid),
    hotkey: hotkey(`5${'1'.repeat(46)}`),
    registeredAtBlock: 0,
    lastUpdateBlock: 0,
    isAxonActive: false,
    hasValidatorPermit: false,
    stake: 0,
  }));
}

describe('a subnet', () => {
  it('without neurons has no UIDs and gives the first one to whoever registers', () => {
    expect(slotCount(empty)).toBe(0);
    expect(neuronOf(register(empty, STRANGER), STRANGER)?.uid).toBe(0);
  });

  it('ends at UID 65535', () => {
    const almost = { ...empty, neurons: occupied(65_535) };
    const full = register(almost, STRANGER);
    expect(neuronOf(full, STRANGER)?.uid).toBe(65_535);
    const other = hotkey(encodeSs58(random('other').bytes(32)));
    expect(() => register(full, other)).toThrow('finds a free UID');
  });

  it('gives a freed UID away before a new one, however full it is', () => {
    const neurons = occupied(65_536).toSpliced(700, 1);
    expect(neuronOf(register({ ...empty, neurons }, STRANGER), STRANGER)?.uid).toBe(700);
  });
});
