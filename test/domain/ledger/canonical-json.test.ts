import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CanonicalValue, canonicalJson } from '../../../src/domain/ledger/canonical-json.ts';
import { AssertionError } from '../../../src/lib/assert.ts';
import { sampleContent } from '../../support/ledger-samples.ts';

const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
const NO_PYTHON = 'python3 is not installed';

/** Reads one JSON document per line and writes it again, as a third party would. */
const REWRITE = `
import json, sys
for line in sys.stdin.buffer:
    print(json.dumps(json.loads(line), sort_keys=True, separators=(',', ':')))
`;

/** ASCII without DEL, which Python escapes. */
const anyText = fc
  .string({ unit: 'binary-ascii', maxLength: 8 })
  .map((text) => text.replaceAll('\x7f', ''));

/** Integers, ASCII text, lists and objects with any keys. */
const anyValue: fc.Arbitrary<CanonicalValue> = fc.letrec<{ value: CanonicalValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    anyText,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 5 }),
  ),
})).value;

describe('canonical JSON', () => {
  it('has no spaces, and the keys of every object in order', () => {
    const value = { b: 1, a: [{ d: null, c: 'x' }, true], B: {}, _: [] };
    expect(canonicalJson(value)).toBe('{"B":{},"_":[],"a":[{"c":"x","d":null},true],"b":1}');
  });

  it('orders keys that are digits as text too', () => {
    expect(canonicalJson({ 9: 1, 10: 2, 1: 3 })).toBe('{"1":3,"10":2,"9":1}');
  });

  it('is the same whatever order the keys were given in, and reads back as the value', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('refuses numbers that writers spell differently', () => {
    for (const value of [0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => canonicalJson({ value: [value] })).toThrow(AssertionError);
    }
  });

  it('is what Python writes', (context) => {
    if (!HAS_PYTHON) context.skip(NO_PYTHON);
    const texts = [
      sampleContent().sealed.text,
      ...fc.sample(anyValue, 200).map((value) => canonicalJson(value)),
    ];
    const input = `${texts.join('\n')}\n`;
    const written = execFileSync('python3', ['-c', REWRITE], { input, encoding: 'utf8' });
    expect(written.split('\n').slice(0, -1)).toEqual(texts);
  });
});

/** The same value with the keys of its objects the other way round. */
function reversed(value: CanonicalValue): CanonicalValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}
