import { describe, expect, it } from 'vitest';
import { AssayError } from '../../src/domain/errors.ts';
import type { SignedExtrinsic } from '../../src/domain/weight-set.ts';
import {
  documentOf,
  documentParts,
  documentText,
  type SubmissionOutcome,
} from '../../src/store/ledger-document.ts';
import { mixedContent } from '../support/ledger-samples.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';
import { sampleCommitment, sampleExtrinsic } from '../support/weight-set-samples.ts';

const PATH = ['submission', 'extrinsic'];

function outcome(extrinsic: SignedExtrinsic): SubmissionOutcome {
  return { state: 'verified', updatedAtMs: SAMPLE_TIME_MS, extrinsicHash: '0x12', extrinsic };
}

function textWith(changes: Partial<SignedExtrinsic> = {}): string {
  return documentText(mixedContent(), outcome(sampleExtrinsic(changes)));
}

/** Changes the value at a path below the extrinsic and tells how the document is refused. */
function problemWith(path: readonly (string | number)[], value: unknown): string {
  const document = JSON.parse(textWith({ commitment: sampleCommitment() }));
  const parent = [...PATH, ...path.slice(0, -1)].reduce<unknown>(
    (at, key) => Object(at)[key],
    document,
  );
  Object(parent)[path.at(-1) ?? ''] = value;
  try {
    documentOf(JSON.stringify(document));
    return 'none';
  } catch (error) {
    if (error instanceof AssayError && error.code === 'invalid_argument') return error.message;
    throw error;
  }
}

describe('what was signed, in a ledger document', () => {
  it('is there with its weights, a line for each', () => {
    const text = textWith();
    expect(documentOf(text).submission.extrinsic).toEqual({
      call: 'set_mechanism_weights',
      clipped: true,
      last_block: 376,
      commitment: null,
      weights: [
        [0, 250],
        [3, 0],
        [7, 500],
        [9, 250],
      ],
    });
    expect(text).toMatch(
      /\n"submission":\{"state":"verified",.*,"weights":\[\n\[0,250\],\n\[3,0\],\n\[7,500\],\n\[9,250\]\n\]\}\}\n\}\n$/,
    );
  });

  it('is there with the commitment', () => {
    const text = textWith({ isClipped: false, commitment: sampleCommitment() });
    expect(documentOf(text).submission).toMatchObject({
      extrinsic_hash: '0x12',
      extrinsic: {
        clipped: false,
        commitment: {
          ciphertext: '0x00017f80ff',
          digest: `0x${'5a'.repeat(32)}`,
          reveal_round: 17_000_001,
          reveal_block: 725,
          version: 4,
        },
      },
    });
  });

  it('changes nothing of the rest of the document', () => {
    const { extrinsic, ...unsigned } = outcome(sampleExtrinsic());
    expect(extrinsic).toBeDefined();
    const [before, after] = [documentText(mixedContent(), unsigned), textWith()].map(documentOf);
    expect(before?.submission).not.toHaveProperty('extrinsic');
    const { extrinsic: _, ...submission } = { ...after?.submission };
    expect({ ...after, submission }).toEqual(before);
  });

  it('is cut into parts of bounded size, however many weights there are', () => {
    const uids = Uint16Array.from({ length: 65_536 }, (_, uid) => uid);
    const parts = [
      ...documentParts(
        mixedContent(),
        outcome(sampleExtrinsic({ vector: { uids, weights: uids } })),
      ),
    ];
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(100_000);
    expect(documentOf(parts.join('')).submission.extrinsic?.weights).toHaveLength(65_536);
  });

  it('may have no weights at all', () => {
    const none = { uids: new Uint16Array(), weights: new Uint16Array() };
    expect(documentOf(textWith({ vector: none })).submission.extrinsic?.weights).toEqual([]);
  });

  it.each([
    [['call'], '', 'submission.extrinsic.call: (empty) is refused'],
    [['call'], '\u001b[2J', 'submission.extrinsic.call: \\u{1b}[2J is refused'],
    [['clipped'], 1, 'submission.extrinsic.clipped: 1 is refused'],
    [['last_block'], -1, 'submission.extrinsic.last_block: -1 is refused'],
    [['note'], 1, 'submission.extrinsic.note: 1 is refused, the rule is: is no field'],
    [['commitment'], undefined, 'submission.extrinsic.commitment: (missing) is refused'],
    [['commitment'], 'x', 'submission.extrinsic.commitment: x is refused'],
    [['commitment', 'digest'], '0x5A', 'commitment.digest: 0x5A is refused'],
    [['commitment', 'ciphertext'], '0x123', 'commitment.ciphertext: 0x123 is refused'],
    [['commitment', 'ciphertext'], '0xAB', 'commitment.ciphertext: 0xAB is refused'],
    [['commitment', 'ciphertext'], 5, 'commitment.ciphertext: 5 is refused'],
    [['commitment', 'ciphertext'], `0x${'0'.repeat(2 ** 21 + 2)}`, 'at most 1048576 bytes'],
    [['commitment', 'reveal_round'], '1', 'commitment.reveal_round: 1 is refused'],
    [['commitment', 'reveal_block'], 0.5, 'commitment.reveal_block: 0.5 is refused'],
    [['commitment', 'version'], null, 'commitment.version: null is refused'],
    [['weights'], undefined, 'submission.extrinsic.weights: (missing) is refused'],
    [['weights'], {}, 'submission.extrinsic.weights: an object is refused'],
    [['weights', 0], 7, 'submission.extrinsic.weights[0]: 7 is refused'],
    [['weights', 0, 0], '0', 'has a UID that is an integer from 0 to 65535'],
    [['weights', 0, 1], 65_536, 'has a weight that is an integer from 0 to 65535'],
    [['weights', 0, 2], 'x', 'has a UID and a weight only'],
    [['weights', 1, 0], 0, 'stands in order, after the row before it'],
  ])('is refused with the path and the value: %j = %s', (path, value, message) => {
    expect(problemWith(path, value)).toContain(message);
  });

  it('is refused with several problems at once, but not with millions', () => {
    const refused = problemWith(
      ['weights'],
      Array.from({ length: 50_000 }, () => ['a', 'b']),
    );
    expect(refused).toContain('weights[15]');
    expect(refused).not.toContain('weights[16]');
  });
});
