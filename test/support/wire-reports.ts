import type { Report } from '../../src/grpc/generated/assay/v1/Report.ts';

/** GPUs as a person writes them: driver name and count. */
export type Gpus = readonly (readonly [model: string, count: number])[];

export interface ReportFields {
  readonly uid: number;
  readonly hotkey: string;
  readonly observedAtMs: number;
  /** Different for each report unless given. */
  readonly id: string;
  /** 0 to 1. */
  readonly score: number;
  readonly gpus: Gpus;
  readonly memoryMib: number;
  readonly executorId: string;
  readonly isValid: boolean;
}

export const H200 = 'NVIDIA H200';

let reportCount = 0;

/** A well-formed report of one machine as it goes over the wire: eight H100 with a full score unless told otherwise. */
export function wireReport(
  fields: Pick<ReportFields, 'uid' | 'hotkey' | 'observedAtMs'> & Partial<ReportFields>,
): Report {
  reportCount += 1;
  const { score = 1, memoryMib = 81_559, isValid = true, executorId = 'executor-1' } = fields;
  const { gpus = [['NVIDIA H100 80GB HBM3', 8]] } = fields;
  return {
    report_id: fields.id ?? `report-${reportCount}`,
    miner_uid: fields.uid,
    miner_hotkey: fields.hotkey,
    observed_time: timestamp(fields.observedAtMs),
    executors: [
      {
        executor_id: executorId,
        is_valid: isValid,
        hardware_score: score,
        attestation: {
          valid: true,
          gpu_groups: gpus.map(([model, count]) => ({ model, count, memory_mib: memoryMib })),
        },
      },
    ],
  };
}

function timestamp(ms: number) {
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
}
