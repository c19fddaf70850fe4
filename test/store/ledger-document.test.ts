import { describe, expect, it } from 'vitest';
import { AssayError } from '../../src/domain/errors.ts';
import type { LedgerContent } from '../../src/domain/ledger/ledger-entry.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import {
  DOCUMENT_BYTES_MAX,
  documentOf,
  documentParts,
  documentText,
  type SubmissionOutcome,
} from '../../src/store/ledger-document.ts';
import { mixedContent } from '../support/ledger-samples.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';

const VERIFIED: SubmissionOutcome = {
  state: 'verified',
  updatedAtMs: SAMPLE_TIME_MS,
  extrinsicHash: '0x12',
};

/** A document as an object that a test can change. */
function sample(): Record<string, unknown> {
  return JSON.parse(documentText(mixedContent(), VERIFIED));
}

/** The problems that a document is refused with, as text. */
function problem(text: string): string {
  try {
    documentOf(text);
  } catch (error) {
    if (error instanceof AssayError && error.code === 'invalid_argument') return error.message;
    throw error;
  }
  return 'none';
}

/** Changes the value at a path and tells how the document is refused. */
function problemWith(path: readonly (string | number)[], value: unknown): string {
  const document = sample();
  const last = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => Object(at)[key], document);
  Object(parent)[last] = value;
  return problem(JSON.stringify(document));
}

describe('a ledger document', () => {
  it('gives back the content that it was made of', () => {
    const content = mixedContent();
    const { submission, ...read } = documentOf(documentText(content, VERIFIED));
    expect(read).toEqual(content);
    expect(submission).toEqual({
      state: 'verified',
      updated_time: '2026-01-01T12:00:00.000Z',
      extrinsic_hash: '0x12',
      failure_reason: null,
      failure_message: null,
      failure_action: null,
      failure_retry_block: null,
    });
  });

  it('has the same bytes again after a round trip', () => {
    const text = documentText(mixedContent(), VERIFIED);
    expect(documentText(documentOf(text), VERIFIED)).toBe(text);
  });

  it('has one line for the entry and for each miner, pair and weight', () => {
    const content = mixedContent();
    const lines = documentText(content, VERIFIED).split('\n');
    expect(lines[3]).toBe(`"entry":${content.sealed.text},`);
    const { miners, pairs, weights } = content;
    const punctuation = ['{', '}', ''].length + ['miners', 'pairs', 'weights'].length * 2;
    const head = ['format', 'digest', 'entry', 'submission'].length;
    expect(lines.length).toBe(head + punctuation + miners.length + pairs.length + weights.length);
  });

  it('says how a set failed and what follows', () => {
    const failure: WeightSet['failure'] = {
      reason: 'SettingWeightsTooFast',
      message: 'wait for “the limit”',
      action: { kind: 'retry_at_block', block: 420 },
    };
    const outcome = { state: 'failed', updatedAtMs: SAMPLE_TIME_MS, failure } as const;
    expect(documentOf(documentText(mixedContent(), outcome)).submission).toMatchObject({
      state: 'failed',
      extrinsic_hash: null,
      failure_reason: 'SettingWeightsTooFast',
      failure_message: 'wait for “the limit”',
      failure_action: 'retry_at_block',
      failure_retry_block: 420,
    });
    const stopped = { ...outcome, failure: { ...failure, action: { kind: 'stop' } as const } };
    expect(documentOf(documentText(mixedContent(), stopped)).submission).toMatchObject({
      failure_action: 'stop',
      failure_retry_block: null,
    });
  });

  it('is written for a set without any miner', () => {
    const content = mixedContent({ miners: [] });
    expect(documentOf(documentText(content, VERIFIED))).toMatchObject({ miners: [], pairs: [] });
  });

  it('may be laid out in another way', () => {
    expect(problem(JSON.stringify(sample(), null, 2))).toBe('none');
    expect(problem(JSON.stringify(sample()))).toBe('none');
    const { entry, ...rest } = sample();
    expect(problem(JSON.stringify({ ...rest, entry }))).toBe('none');
  });
});

describe('the parts of a ledger document', () => {
  const hotkey = mixedContent().weights[0]?.hotkey ?? expect.fail('there is a weight');
  const weights = Array.from({ length: 20_000 }, (_, uid) => ({ uid, weight: 7, hotkey }));
  const content = { ...mixedContent(), weights: weights as LedgerContent['weights'] };

  it('are its text, of bounded size, and the same again', () => {
    const parts = documentParts(content, VERIFIED);
    const [once, again] = [[...parts], [...parts]];
    expect(once.length).toBeGreaterThan(10);
    expect(Math.max(...once.map((part) => part.length))).toBeLessThan(100_000);
    expect(once.join('')).toBe(documentText(content, VERIFIED));
    expect(again).toEqual(once);
  });

  it('are made when they are asked for', () => {
    let asked = 0;
    const counted = new Proxy(weights, {
      get: (rows, key) => {
        if (/^\d+$/.test(String(key))) asked += 1;
        return Reflect.get(rows, key);
      },
    });
    const parts = documentParts(
      { ...content, weights: counted as typeof content.weights },
      VERIFIED,
    );
    const reading = parts[Symbol.iterator]();
    reading.next();
    expect(asked).toBeLessThan(2_000);
    while (reading.next().done !== true);
    expect(asked).toBe(weights.length);
  });
});

describe('a document from somebody else', () => {
  it.each([
    [['format'], 'assay.ledger/2', 'format: assay.ledger/2 is refused'],
    [['format'], undefined, 'format: (missing) is refused, the rule is: is missing'],
    [['digest'], 'AB', 'digest: AB is refused'],
    [['extra'], 1, 'extra: 1 is refused, the rule is: is no field of a ledger document'],
    [['entry'], [], 'entry: a list of 0 is refused, the rule is: is an object'],
    [['entry'], 5, 'entry: 5 is refused'],
    [['entry', 'format'], 0, 'entry.format: 0 is refused'],
    [['entry', 'block'], -1, 'entry.block: -1 is refused'],
    [['entry', 'block'], 1.5, 'entry.block: 1.5 is refused'],
    [['entry', 'block'], 1e300, 'entry.block: 1e+300 is refused'],
    [['entry', 'block'], '360', 'entry.block: 360 is refused'],
    [['entry', 'decided_ms'], 9e15, 'entry.decided_ms: 9000000000000000 is refused'],
    [['entry', 'total_weight'], 0, 'entry.total_weight: 0 is refused'],
    [['entry', 'rules', 'require_active_axon'], 1, 'entry.rules.require_active_axon: 1 is refused'],
    [['entry', 'policy', 'burn_uid'], 65_536, 'entry.policy.burn_uid: 65536 is refused'],
    [['entry', 'policy', 'unallocated'], 'keep', 'entry.policy.unallocated: keep is refused'],
    [['entry', 'policy', 'note'], '', 'entry.policy.note: (empty) is refused'],
    [
      ['entry', 'policy', 'categories', 1, 'gpu_model'],
      'H200',
      'entry.policy.categories[1].gpu_model: H200 is refused, the rule is: is in the catalogue, after',
    ],
    [
      ['entry', 'policy', 'categories', 0, 'gpu_model'],
      'H999',
      'entry.policy.categories[0].gpu_model: H999 is refused',
    ],
    [['entry', 'catalogue', 0], 'H200', 'entry.catalogue: a list of'],
    [['entry', 'catalogue', 0], 'h 200', 'entry.catalogue[0]: h 200 is refused'],
    [['entry', 'categories', 0, 'total_basis'], 5, 'entry.categories[0].total_basis: 5 is refused'],
    [['entry', 'categories', 0, 'total_basis'], '9'.repeat(31), 'total_basis: 9999'],
    [['entry', 'previous_digest'], null, 'entry.previous_digest: null is refused'],
    [['miners'], {}, 'miners: an object is refused, the rule is: is a list'],
    [['miners', 0], {}, 'miners[0]: an object is refused, the rule is: is a list'],
    [['miners', 0], [], 'miners[0]: [] is refused'],
    [['miners', 0, 0], 1e300, 'miners[0]: [1e+300,'],
    [['miners', 0, 1], 'nobody', 'miners[0]: [3,"nobody"'],
    [['miners', 0, 3, 2], 2, 'miners[0]'],
    [['miners', 0, 4], 1_000_001, 'has a score that is an integer from 0 to 1000000'],
    [['miners', 0, 6], 'H999', "names categories of the entry's catalogue"],
    [['miners', 0, 7, 0, 0], 40_000, 'has a number of a machine that is'],
    [['miners', 0, 7, 0, 1], 'H999', "names categories of the entry's catalogue"],
    [['miners', 0, 7, 0, 2], 2 ** 31, 'has a number of GPUs that is'],
    [['miners', 0, 7, 0, 3], 2 ** 31, 'has a GPU memory that is'],
    [['miners', 0, 8], 0, 'miners[0]'],
    [['miners', 1, 0], 3, 'miners[1]'],
    [['pairs'], null, 'pairs: null is refused, the rule is: is a list'],
    [['pairs', 0, 0], '3', 'pairs[0]: ["3",'],
    [['pairs', 0, 0], 65_536, 'pairs[0]: [65536,'],
    [['pairs', 0, 1], 'H999', "names categories of the entry's catalogue"],
    [['pairs', 0, 2], 'BECAUSE', 'has a known reason or null'],
    [['pairs', 0, 3], -1, 'has a number of GPUs'],
    [['pairs', 0, 4], 0.5, 'has a score'],
    [['pairs', 0, 5], 2 ** 53, 'has a basis'],
    [['pairs', 0, 6], null, 'has a weight'],
    [['pairs', 0, 7], 0, 'pairs[0]'],
    [['pairs', 1, 0], 3, 'stands in order, after the row before it'],
    [['weights', 0], 'x', 'weights[0]: x is refused, the rule is: is a list'],
    [['weights', 0, 0], true, 'weights[0]: [true,'],
    [['weights', 0, 1], 65_536, 'has a weight that is an integer from 0 to 65535'],
    [['weights', 0, 2], 7, 'weights[0]'],
    [['weights', 1, 0], 0, 'stands in order, after the row before it'],
    [['submission'], undefined, 'submission: (missing) is refused'],
    [['submission', 'state'], 'gone', 'submission.state: gone is refused'],
    [['submission', 'updated_time'], 'now', 'submission.updated_time: now is refused'],
    [['submission', 'failure_action'], 'run', 'submission.failure_action: run is refused'],
    [['submission', 'failure_retry_block'], -1, 'submission.failure_retry_block: -1 is refused'],
  ])('is refused with the path and the value: %j = %j', (path, value, message) => {
    expect(problemWith(path, value)).toContain(message);
  });

  it('is refused with several problems at once, but not with millions', () => {
    const document = sample();
    const miners = Array.from({ length: 50_000 }, () => ['a', 'b', 'c']);
    const refused = problem(JSON.stringify({ ...document, miners }));
    expect(refused).toContain('miners[0]: ["a","b","c"] is refused');
    expect(refused).toContain('miners[15]: ["a","b","c"] is refused');
    expect(refused).not.toContain('miners[16]');
    const catalogue = Array.from({ length: 100_000 }, () => 1);
    expect(problemWith(['entry', 'catalogue'], catalogue)).toContain(
      'entry.catalogue: a list of 100000 is refused, the rule is: is a list of at most 4096',
    );
    const wrong = problemWith(['entry', 'catalogue'], catalogue.slice(0, 4_096));
    expect(wrong).toContain('entry.catalogue[15]');
    expect(wrong).not.toContain('entry.catalogue[16]');
  });

  it('is refused when it is no JSON, without control characters in the message', () => {
    expect(problem('')).toContain('the document is no JSON');
    expect(problem('{"format":')).toContain('the document is no JSON');
    expect(problem('\u001b[2J')).not.toMatch(/\p{C}/u);
    expect(problemWith(['format'], '\u001b[2J')).not.toMatch(/\p{C}/u);
    expect(problemWith(['miners', 0], '\u001b[2J')).not.toMatch(/\p{C}/u);
    expect(problemWith(['\u001b[2J'], 1)).not.toMatch(/\p{C}/u);
    expect(problem('[        ]')).toContain('the document: a list of 0 is refused');
    expect(problem('null')).toContain('the document: null is refused');
  });

  it('is refused when it names a key twice, or a key of every object', () => {
    const text = JSON.stringify(sample());
    const twice = text.replace('"block":360', '"block":999,"block":360');
    expect(problem(twice)).toContain('names no key twice');
    expect(problem(text.replace('"pairs":', '"pairs":[],"pairs":'))).toContain('no key twice');
    expect(problem(text.replace('"block":360', '"block":36e1'))).toContain('spells numbers');
    expect(problem(text.replace('{', '{"__proto__":{"format":1},'))).toContain('refused');
    expect(problem(text.replace('"entry":{', '"entry":{"__proto__":{},'))).toContain('refused');
  });

  it('is refused when it is too large, too deep or all brackets, before it is parsed', () => {
    expect(problem(' '.repeat(DOCUMENT_BYTES_MAX + 1))).toContain(
      `has at most ${DOCUMENT_BYTES_MAX} bytes`,
    );
    expect(problem('ü'.repeat(DOCUMENT_BYTES_MAX / 2 + 1))).toContain(
      `${DOCUMENT_BYTES_MAX + 2} bytes is refused`,
    );
    expect(problem('['.repeat(1_000_000))).toContain('has at most 8 levels');
    expect(problem('[       '.repeat(1_000_000))).toContain('has at most 8 levels');
    expect(problem(`[${'{},'.repeat(1_000_000)}{}]`)).toContain(
      '1000002 lists and objects in 3000004 bytes is refused, the rule is: has at least 8 bytes for each',
    );
    expect(problem(`[${'{},'.repeat(1_000)}{}]`)).toContain('a list of 1001 is refused');
    expect(problem(`["${'['.repeat(50)}\\"["]`)).toContain('the document: a list of 1 is refused');
  });
});
