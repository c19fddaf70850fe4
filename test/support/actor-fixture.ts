import { MinerActor, type MinerActorLimits } from '../../src/actors/miner-actor.ts';
import { OutcomeTallies } from '../../src/actors/outcome-tallies.ts';
import { Registrations } from '../../src/actors/registrations.ts';
import { UnknownGpus } from '../../src/actors/unknown-gpus.ts';
import { reportId } from '../../src/domain/ids.ts';
import type { Report, ReportResult } from '../../src/domain/report.ts';
import { canonicalReport } from '../../src/domain/report-text.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { IntakeFixture } from './intake-fixture.ts';
import { SAMPLE_NOW_MS, sampleReport, uid } from './report-samples.ts';

export const UID = uid(7);
export const LINK = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };

/** What one actor works with. */
export class ActorFixture extends IntakeFixture {
  readonly unknownGpus = new UnknownGpus(this.events);
  readonly tallies = new OutcomeTallies(this.events);
  idleCount = 0;

  actor(limits: Partial<MinerActorLimits> = {}): MinerActor {
    const { store, journal, clock, events, policy, normaliser, unknownGpus, tallies } = this;
    const registrations = new Registrations(this.metagraph);
    return new MinerActor(
      UID,
      {
        profiles: store,
        journal,
        clock,
        events,
        policy,
        normaliser,
        unknownGpus,
        tallies,
        registrations,
      },
      {
        limits: { mailboxReportsMax: 100, batchReportsMax: 100, ...limits },
        onIdle: () => {
          this.idleCount += 1;
        },
      },
    );
  }
}

/** Hands reports to the actor in one turn; each result is awaited by itself. */
export function put(actor: MinerActor, ...reports: Report[]): Promise<ReportResult>[] {
  const results: Promise<ReportResult>[] = [];
  for (const report of reports) {
    const result = new Promise<ReportResult>((resolve, reject) => {
      const digest = sha256Hex(canonicalReport(report));
      const decide = (_index: number, decided: ReportResult) => resolve(decided);
      const delivery = { receivedAtMs: SAMPLE_NOW_MS, link: LINK, decide, fail: reject };
      actor.put({ report, digest, delivery, index: 0 });
    });
    result.catch(() => undefined);
    results.push(result);
  }
  actor.begin();
  return results;
}

/** Reports with higher numbers are newer. */
export function numbered(number: number, fields: Partial<Report> = {}): Report {
  const observedAtMs = SAMPLE_NOW_MS + number;
  return sampleReport({ reportId: reportId(`report-${number}`), observedAtMs, ...fields });
}

/** The outcomes, with the reason in place of REFUSED. */
export async function outcomes(results: Promise<ReportResult>[]): Promise<string[]> {
  return (await Promise.all(results)).map((result) =>
    result.outcome === 'REFUSED' ? result.refusal.reason : result.outcome,
  );
}
