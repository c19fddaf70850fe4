import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { AssayError, violation } from '../../src/domain/errors.ts';
import { isBug, statusOf } from '../../src/grpc/status.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { richError } from '../support/grpc-client.ts';

describe('the status of an error', () => {
  it('names the code, the broken rules and the facts', () => {
    const error = new AssayError('invalid_argument', 'two fields', {
      violations: [
        violation({ field: 'a.b', value: 1.5, rule: 'is a number from 0 to 1' }),
        violation({ field: 'c', value: '', rule: 'is required' }),
      ],
      metadata: { hint: 'x' },
    });
    expect(richError(statusOf(error))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'two fields',
      reason: 'INVALID_ARGUMENT',
      domain: 'assay',
      metadata: { hint: 'x' },
      violations: [
        { field: 'a.b', description: 'is a number from 0 to 1; got 1.5' },
        { field: 'c', description: 'is required; got (empty)' },
      ],
    });
  });

  it('says when to try again, also to clients that only know the trailer', () => {
    const error = new AssayError('mailbox_full', 'full', { retryAfterMs: 100.2 });
    const given = statusOf(error);
    expect(richError(given)).toMatchObject({ code: 'RESOURCE_EXHAUSTED', retryAfterMs: 100.2 });
    expect(given.metadata.get('grpc-retry-pushback-ms')).toEqual(['101']);
    expect(richError(statusOf(new AssayError('store_unavailable', 'locked')))).toMatchObject({
      code: 'UNAVAILABLE',
      retryAfterMs: 1_000,
    });
    expect(richError(statusOf(new AssayError('weight_set_too_early', 'wait')))).not.toHaveProperty(
      'retryAfterMs',
    );
  });

  it('says nothing about a bug', () => {
    for (const bug of [new AssertionError('secret'), new Error('secret'), 'secret', undefined]) {
      expect(isBug(bug)).toBe(true);
      expect(richError(statusOf(bug))).toEqual({ code: 'INTERNAL', message: 'internal error' });
    }
  });

  it('tells a cancellation from a deadline, by the reason of the signal', () => {
    expect(statusOf(AbortSignal.abort().reason).code).toBe(status.CANCELLED);
    const late = new DOMException('no answer within 5 ms', 'TimeoutError');
    expect(statusOf(late)).toMatchObject({
      code: status.DEADLINE_EXCEEDED,
      details: 'no answer within 5 ms',
    });
    expect(isBug(late)).toBe(false);
    const shutdown = new AssayError('shutting_down', 'bye');
    expect(statusOf(AbortSignal.abort(shutdown).reason).code).toBe(status.UNAVAILABLE);
  });

  it('fits into 8 KiB of trailers, whatever was sent', () => {
    const violations = Array.from({ length: 10_000 }, (_, at) =>
      violation({ field: `f${at}`.padEnd(5_000, 'x'), value: '値'.repeat(500), rule: 'is a rule' }),
    );
    const error = AssayError.invalid(...violations);
    const { details, metadata } = statusOf(error);
    const [bytes] = metadata.get('grpc-status-details-bin');
    const size = encodeURI(details).length + Buffer.from(bytes ?? '').toString('base64').length;
    expect(size).toBeLessThan(8_192);
    expect(richError(statusOf(error)).violations?.length).toBeGreaterThan(0);
  });

  it('can be sent when the text holds half a surrogate pair', () => {
    const { details } = statusOf(
      AssayError.invalid({ field: 'a', value: '\uD83D', rule: 'is text' }),
    );
    expect(() => encodeURI(details)).not.toThrow();
    expect(details).toContain('\uFFFD');
  });
});
