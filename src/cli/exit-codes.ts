/** What the process ends with; the numbers above 63 are those of sysexits.h. */
export const EXIT_CODES = {
  ok: 0,
  failed: 1,
  usage: 2,
  unavailable: 69,
  config: 78,
} as const;

/** Why a command ends without success. */
type ExitReason = Exclude<keyof typeof EXIT_CODES, 'ok'>;

/** Ends a command: its message goes to stderr, its code to the shell. */
export class CliExit extends Error {
  override readonly name = 'CliExit';
  readonly reason: ExitReason;

  constructor(reason: ExitReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }

  get exitCode(): number {
    return EXIT_CODES[this.reason];
  }
}
