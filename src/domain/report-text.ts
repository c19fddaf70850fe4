import type { ExecutorVerification, GpuGroup, Report } from './report.ts';

/**
 * The whole content of a report as one text: equal for equal content, different for different content. Its digest tells
 * a report that was sent again from an identifier that was used again.
 *
 * It is a JSON array of fixed shape, so no separator can be forged by a field, and it is made from the parsed report, so
 * neither the prover's field order nor its way of encoding a number matters. Machines, GPU groups and GPU identifiers
 * are sets: their order is not content. An absent bandwidth is `null`, which no number is written as.
 */
export function canonicalReport(report: Report): string {
  return JSON.stringify([
    'assay.report.1',
    report.proverId,
    report.reportId,
    report.minerUid,
    report.hotkey,
    report.observedAtMs,
    report.executors.map(executorText).sort(),
  ]);
}

function executorText(verification: ExecutorVerification): string {
  return JSON.stringify([
    verification.executorId,
    verification.isValid,
    verification.hardwareScore,
    verification.networkBandwidthMbps ?? null,
    verification.verifiedAtMs,
    verification.attestation.isValid,
    verification.attestation.gpuGroups.map(groupText).sort(),
  ]);
}

function groupText({ model, count, memoryMib, uuids }: GpuGroup): string {
  return JSON.stringify([model, count, memoryMib, uuids.toSorted()]);
}
