import { describe, expect, it } from 'vitest';
import { AssayError } from '../../src/domain/errors.ts';
import { proverId, reportId } from '../../src/domain/ids.ts';

const RULE = 'is 1 to 64 characters of A-Z a-z 0-9 . _ : -';

describe.each([
  ['a prover', proverId, 'prover_id'],
  ['a report', reportId, 'report_id'],
] as const)('the identifier of %s', (_, make, field) => {
  it.each(['a', 'A-Z.a_z:0-9', 'x'.repeat(64)])('may be %s', (value) => {
    expect(make(value)).toBe(value);
  });

  it.each(['', 'a b', 'a\n', 'é', 'x'.repeat(65)])('is not %j', (value) => {
    const shown = value.length <= 64 ? value : `${value.slice(0, 63)}…`;
    expect(() => make(value)).toThrow(AssayError);
    expect(() => make(value)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        details: { violations: [{ field, value: shown, rule: RULE }] },
      }),
    );
  });

  it('is refused under the name of the field that it came in', () => {
    expect(() => make('', 'first.id')).toThrow(
      `first.id: (empty) is refused, the rule is: ${RULE}`,
    );
  });
});
