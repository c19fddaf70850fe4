import { describe, expect, it } from 'vitest';
import { admit } from '../../src/domain/admission.ts';
import type { Report } from '../../src/domain/report.ts';
import {
  SAMPLE_NOW_MS,
  sampleExecutor,
  sampleHotkey,
  sampleRegistration,
  sampleReport,
} from '../support/report-samples.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

function admitted(fields: Partial<Report> = {}) {
  return admit(sampleReport(fields), {
    nowMs: SAMPLE_NOW_MS,
    registration: sampleRegistration(),
  });
}

describe('admission', () => {
  it('lets a report of the registered miner pass', () => {
    expect(admitted()).toBeUndefined();
  });

  it('refuses a report of a UID that nobody holds', () => {
    const context = { nowMs: SAMPLE_NOW_MS, registration: undefined };
    expect(admit(sampleReport(), context)).toEqual({
      reason: 'MINER_NOT_REGISTERED',
      field: 'miner_uid',
      value: '7',
      rule: 'is a UID at which a miner is registered',
    });
  });

  it('refuses a report of another hotkey than the one at the UID', () => {
    expect(admitted({ hotkey: sampleHotkey(8) })).toEqual({
      reason: 'HOTKEY_MISMATCH',
      field: 'miner_hotkey',
      value: sampleHotkey(8),
      rule: 'is the hotkey registered at UID 7',
    });
  });

  it('admits exactly 5 minutes in the future and refuses one millisecond more', () => {
    const limitMs = SAMPLE_NOW_MS + 5 * MINUTE_MS;
    expect(admitted({ observedAtMs: limitMs })).toBeUndefined();
    expect(admitted({ observedAtMs: limitMs + 1 })).toEqual({
      reason: 'OBSERVED_IN_FUTURE',
      field: 'observed_time',
      value: '2026-01-01T00:05:00.001Z',
      rule: 'is at most 5 minutes in the future',
    });
  });

  it('admits exactly 24 hours in the past and refuses one millisecond more', () => {
    const limitMs = SAMPLE_NOW_MS - 24 * HOUR_MS;
    expect(admitted({ observedAtMs: limitMs })).toBeUndefined();
    expect(admitted({ observedAtMs: limitMs - 1 })).toEqual({
      reason: 'OBSERVED_TOO_OLD',
      field: 'observed_time',
      value: '2025-12-30T23:59:59.999Z',
      rule: 'is at most 24 hours in the past',
    });
  });

  it('refuses a machine verified in the future, which would never expire, and names it', () => {
    const limitMs = SAMPLE_NOW_MS + 5 * MINUTE_MS;
    const sound = sampleExecutor({ executorId: 'a', verifiedAtMs: limitMs });
    const ahead = sampleExecutor({ executorId: 'b', verifiedAtMs: limitMs + 1 });
    expect(admitted({ executors: [sound] })).toBeUndefined();
    expect(admitted({ executors: [sound, ahead] })).toMatchObject({
      reason: 'OBSERVED_IN_FUTURE',
      field: 'executors[1].verified_time',
    });
  });

  it('admits a machine verified long ago', () => {
    expect(admitted({ executors: [sampleExecutor({ verifiedAtMs: 0 })] })).toBeUndefined();
  });

  it('names the miner before the time when both are wrong', () => {
    const refusal = admitted({ hotkey: sampleHotkey(8), observedAtMs: 0 });
    expect(refusal?.reason).toBe('HOTKEY_MISMATCH');
  });
});
