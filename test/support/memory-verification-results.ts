import type { StoredReport } from '../../src/actors/ports.ts';
import type {
  VerificationResult,
  VerificationResultQuery,
  VerificationResultReader,
} from '../../src/actors/record-ports.ts';

const NO_GPUS = [{ model: '', category: undefined, count: 0, memoryMib: 0 }];

/** What provers reported, in memory: every filter is a plain comparison, one result after the other. */
export class MemoryVerificationResults implements VerificationResultReader {
  #results: VerificationResult[] = [];
  #nextId = 1;

  add({ report, outcome, executors }: StoredReport): void {
    for (const executor of executors) {
      const { networkBandwidthMbps } = executor;
      for (const gpus of executor.gpus.length === 0 ? NO_GPUS : executor.gpus) {
        this.#results.push({
          id: this.#nextId,
          proverId: report.proverId,
          reportId: report.reportId,
          outcome,
          minerUid: report.minerUid,
          hotkey: report.hotkey,
          executorId: executor.executorId,
          gpuName: gpus.model,
          category: gpus.category,
          gpuCount: gpus.count,
          gpuMemoryMib: gpus.memoryMib,
          isValid: executor.isValid,
          isAttestationValid: executor.isAttestationValid,
          hardwareScore: executor.hardwareScore,
          ...(networkBandwidthMbps === undefined ? {} : { networkBandwidthMbps }),
          verifiedAtMs: executor.verifiedAtMs,
        });
        this.#nextId += 1;
      }
    }
    this.#results = this.#results.toSorted(newestFirst);
  }

  async page(query: VerificationResultQuery): Promise<readonly VerificationResult[]> {
    const { minerUid, category, fromMs, beforeMs, after, limit } = query;
    return this.#results
      .filter((result) => minerUid === undefined || result.minerUid === minerUid)
      .filter((result) => category === undefined || result.category === category)
      .filter(({ verifiedAtMs }) => fromMs === undefined || verifiedAtMs >= fromMs)
      .filter(({ verifiedAtMs }) => beforeMs === undefined || verifiedAtMs < beforeMs)
      .filter((result) => after === undefined || newestFirst(after, result) < 0)
      .slice(0, limit);
  }
}

type Place = Pick<VerificationResult, 'verifiedAtMs' | 'id'>;

function newestFirst(a: Place, b: Place): number {
  return b.verifiedAtMs - a.verifiedAtMs || b.id - a.id;
}
