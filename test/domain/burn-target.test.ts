import { describe, expect, it } from 'vitest';
import { resolveBurnTarget } from '../../src/domain/burn-target.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { sampleMetagraph } from '../support/weight-setter-samples.ts';

describe('the burn target', () => {
  it('is the UID of the owner, wherever it is registered now', () => {
    const metagraph = sampleMetagraph({ ownerHotkey: sampleHotkey(4) });
    expect(resolveBurnTarget('owner', metagraph)).toEqual({ uid: 4 });
  });

  it('may be a fixed UID that belongs to the owner', () => {
    expect(resolveBurnTarget(0, sampleMetagraph())).toEqual({ uid: 0 });
  });

  it.each([
    ['owner', { ownerHotkey: sampleHotkey(77) }, 'OWNER_NOT_REGISTERED', 'has no UID'],
    [99, {}, 'BURN_TARGET_NOT_REGISTERED', 'UID 99 is not registered'],
    [3, {}, 'BURN_TARGET_NOT_OWNER', `UID 3 belongs to ${sampleHotkey(3)}`],
  ] as const)('%s of another is none: %s', (...[target, metagraph, reason, message]) => {
    const resolved = resolveBurnTarget(target, sampleMetagraph(metagraph));
    expect(resolved).toMatchObject({ uid: null, reason });
    expect(resolved).toHaveProperty('message', expect.stringContaining(message));
  });
});
