import { MinerDirectory, type MinerDirectoryLimits } from '../../src/actors/miner-directory.ts';
import type { Journal, ProfileReader } from '../../src/actors/ports.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { createGpuNormaliser } from '../../src/domain/gpu/normalise.ts';
import type { Metagraph, Registration } from '../../src/domain/metagraph.ts';
import { Events, type Logger } from '../../src/events.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryJournal, MemoryProfileStore } from './memory-journal.ts';
import { SAMPLE_POLICY, sampleMetagraph, sampleRegistration, uid } from './report-samples.ts';

export interface LogLine {
  readonly level: keyof Logger;
  readonly fields: object;
  readonly message: string;
}

/** A logger that keeps its lines. */
export class RecordingLogger implements Logger {
  readonly lines: LogLine[] = [];
  debug(fields: object, message: string) {
    this.lines.push({ level: 'debug', fields, message });
  }
  info(fields: object, message: string) {
    this.lines.push({ level: 'info', fields, message });
  }
  warn(fields: object, message: string) {
    this.lines.push({ level: 'warn', fields, message });
  }
  error(fields: object, message: string) {
    this.lines.push({ level: 'error', fields, message });
  }
  /** The fields of the lines whose message contains the text. */
  about(text: string): object[] {
    return this.lines.filter(({ message }) => message.includes(text)).map(({ fields }) => fields);
  }
}

export const ROOMY_LIMITS: MinerDirectoryLimits = {
  actorsMax: 1_000,
  mailboxReportsMax: 1_000,
  batchReportsMax: 100,
  queuedReportsMax: 100_000,
  idleActorsMax: 1_000,
  idleEvictMs: 60_000,
};

/** What actors work with: memory stores, a manual clock and a metagraph that a test can change. */
export class IntakeFixture {
  readonly clock = new ManualClock();
  readonly store = new MemoryProfileStore();
  readonly journal: MemoryJournal;
  readonly logger = new RecordingLogger();
  readonly events = new Events({ logger: this.logger });
  readonly policy = SAMPLE_POLICY;
  readonly normaliser = createGpuNormaliser(new Map());
  #metagraph: Metagraph | undefined;

  constructor(schedule?: (complete: () => void) => void) {
    this.journal = new MemoryJournal(this.store, schedule);
    this.register(...[6, 7, 8].map((at) => sampleRegistration({ uid: uid(at) })));
  }

  /** Exactly these miners are registered from now on. */
  register(...registrations: Registration[]): void {
    this.#metagraph = sampleMetagraph(registrations);
  }

  loseMetagraph(): void {
    this.#metagraph = undefined;
  }

  readonly metagraph = {
    current: (): Metagraph => {
      if (this.#metagraph !== undefined) return this.#metagraph;
      throw new AssayError('metagraph_unavailable', 'no metagraph was read yet');
    },
  };

  directory(
    limits: Partial<MinerDirectoryLimits> = {},
    ports: { journal: Journal; profiles: Pick<ProfileReader, 'get'> } = {
      journal: this.journal,
      profiles: this.store,
    },
  ): MinerDirectory {
    const { metagraph, clock, events, policy, normaliser } = this;
    return new MinerDirectory(
      { ...ports, metagraph, clock, events, policy, normaliser },
      { ...ROOMY_LIMITS, ...limits },
    );
  }
}
