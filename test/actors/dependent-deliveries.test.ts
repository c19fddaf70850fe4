import { describe, expect, it } from 'vitest';
import type { DeliveryOptions } from '../../src/actors/ports.ts';
import { reportOf as of, shown, watched } from '../support/deliveries.ts';
import { IntakeFixture } from '../support/intake-fixture.ts';
import { settle } from '../support/manual-clock.ts';

const WAIT: DeliveryOptions = { whenFull: 'wait' };

describe('calls that depend on each other', () => {
  it('end together when one fails, so that a later report is never applied before an earlier one', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ queuedReportsMax: 1 });
    const failed = new AbortController();
    fixture.journal.failNext();
    const first = watched(directory.deliver([of(7, 1)], { ...WAIT, failed }));
    const second = watched(directory.deliver([of(7, 2)], { ...WAIT, failed }));
    await settle();
    expect([first.state, second.state]).toEqual(['store_unavailable', 'store_unavailable']);
    const again = { ...WAIT, failed: new AbortController() };
    expect(shown(await directory.deliver([of(7, 1)], again))).toEqual(['APPLIED']);
    expect(shown(await directory.deliver([of(7, 2)], again))).toEqual(['APPLIED']);
    expect(directory.queuedReports).toBe(0);
  });

  it('do not end with the calls of another caller', async () => {
    const fixture = new IntakeFixture();
    const directory = fixture.directory({ queuedReportsMax: 1 });
    fixture.journal.failNext();
    const first = watched(
      directory.deliver([of(7, 1)], { ...WAIT, failed: new AbortController() }),
    );
    const other = watched(
      directory.deliver([of(8, 1)], { ...WAIT, failed: new AbortController() }),
    );
    await settle();
    expect([first.state, other.state]).toEqual(['store_unavailable', 'APPLIED']);
  });
});
