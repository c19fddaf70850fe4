/** Who must act on an error; `docs/errors.md` has the same table and a test compares the two. */
export type ErrorKind = 'refused' | 'missing' | 'conflict' | 'precondition' | 'busy' | 'exhausted';

/** Every code that Assay gives to callers, with its kind. The only place where codes are made. */
export const ERROR_CODES = {
  invalid_argument: 'refused',
  profile_not_found: 'missing',
  weight_set_not_found: 'missing',
  ledger_entry_not_found: 'missing',
  miner_not_found: 'missing',
  emission_config_not_found: 'missing',
  etag_mismatch: 'conflict',
  weight_set_in_progress: 'conflict',
  weight_set_too_early: 'precondition',
  weight_set_withheld: 'precondition',
  metagraph_unavailable: 'busy',
  chain_unreachable: 'busy',
  chain_unusable: 'precondition',
  wallet_unusable: 'precondition',
  store_unavailable: 'busy',
  store_unusable: 'precondition',
  compute_unavailable: 'busy',
  shutting_down: 'busy',
  mailbox_full: 'exhausted',
  too_many_miners: 'exhausted',
  too_many_streams: 'exhausted',
  too_many_calls: 'exhausted',
  watcher_too_slow: 'exhausted',
} as const satisfies Record<string, ErrorKind>;

/** A stable machine-readable code. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** One broken rule of one field. */
export interface Violation {
  /** Path of the field, for example `executors[3].hardware_score`. */
  readonly field: string;
  /** The value that was given, as text, shortened to 64 characters. */
  readonly value: string;
  /** The rule it breaks, as the predicate of a sentence: `is a number from 0 to 1`. */
  readonly rule: string;
}

/** What an error carries besides its code and message. */
export interface ErrorDetails {
  /** Every broken rule, for `invalid_argument`. */
  readonly violations?: readonly Violation[];
  /** When it is worth trying again, in milliseconds from now, for `busy` and `exhausted`. */
  readonly retryAfterMs?: number;
  /** Facts for machines, for example `{ next_block: '360' }`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** What was caught, when this error translates another. */
  readonly cause?: unknown;
}

/** An error that a caller can act on. Bugs are `AssertionError`; cancellations are the AbortSignal's own reason. */
export class AssayError extends Error {
  /** A build may rename the class; logs have this name. */
  static override readonly name = 'AssayError';
  override readonly name = 'AssayError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code];
  }

  /** An `invalid_argument` that names each field, its value and the rule it breaks. */
  static invalid(...violations: readonly LooseViolation[]): AssayError {
    const shown = violations.map(violation);
    return new AssayError('invalid_argument', shown.map(sentence).join('; '), {
      violations: shown,
    });
  }
}

interface LooseViolation {
  readonly field: string;
  readonly value: unknown;
  readonly rule: string;
}

/** Makes a violation, with its value as text of at most 64 characters. */
export function violation({ field, value, rule }: LooseViolation): Violation {
  return { field, value: shortened(value), rule };
}

/** `executors[3].hardware_score: 1.5 is refused, the rule is: is a number from 0 to 1`. */
function sentence({ field, value, rule }: Violation): string {
  return `${field}: ${value === '' ? '(empty)' : value} is refused, the rule is: ${rule}`;
}

const VALUE_CHARACTERS_MAX = 64;

function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  return text.length <= VALUE_CHARACTERS_MAX ? text : `${text.slice(0, VALUE_CHARACTERS_MAX - 1)}…`;
}
