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
  return plainReport(report) ?? reportText(report);
}

/** What the canonical text is, for every report. */
function reportText(report: Report): string {
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

/**
 * Printable ASCII that JSON writes as it is. An identifier has no space and no exclamation mark either: these two sort
 * before the quotation mark that ends it, and without them identifiers sort as the texts do that begin with them.
 */
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;
const PLAIN_IDENTIFIER = /^[#-[\]-~]*$/;

/**
 * The same text put together at a tenth of the cost, for reports in which no identifier needs escaping: as good as all.
 * The texts of machines are JSON within JSON and those of GPU groups one level deeper, hence the escaped quotation marks.
 */
function plainReport(report: Report): string | undefined {
  const { proverId, reportId, minerUid, hotkey, observedAtMs } = report;
  if (!PLAIN_IDENTIFIER.test(proverId)) return undefined;
  if (!PLAIN_IDENTIFIER.test(reportId) || !PLAIN_IDENTIFIER.test(hotkey)) return undefined;
  const executors = plainExecutors(report.executors);
  if (executors === undefined) return undefined;
  return `["assay.report.1","${proverId}","${reportId}",${minerUid},"${hotkey}",${observedAtMs},[${executors}]]`;
}

function plainExecutors(executors: readonly ExecutorVerification[]): string | undefined {
  let text = '';
  let last: ExecutorVerification | undefined;
  let rest = '';
  for (const verification of byIdentifier(executors)) {
    const { executorId } = verification;
    if (executorId === last?.executorId || !PLAIN_IDENTIFIER.test(executorId)) return undefined;
    if (last === undefined || !isAlike(verification, last))
      rest = textAfterIdentifier(verification);
    text += `${last === undefined ? '' : ','}"[\\"${executorId}${rest}`;
    last = verification;
  }
  return text;
}

/** Whether the texts of two machines differ only in the identifier; most machines of a report are alike. */
function isAlike(a: ExecutorVerification, b: ExecutorVerification): boolean {
  return (
    a.isValid === b.isValid &&
    a.hardwareScore === b.hardwareScore &&
    a.networkBandwidthMbps === b.networkBandwidthMbps &&
    a.verifiedAtMs === b.verifiedAtMs &&
    a.attestation === b.attestation
  );
}

function textAfterIdentifier(verification: ExecutorVerification): string {
  const { isValid, hardwareScore, networkBandwidthMbps = null, verifiedAtMs } = verification;
  const { attestation } = verification;
  const groups = groupsWithin(attestation.gpuGroups);
  return `\\",${isValid},${hardwareScore},${networkBandwidthMbps},${verifiedAtMs},${attestation.isValid},${groups}]"`;
}

function byIdentifier(executors: readonly ExecutorVerification[]): readonly ExecutorVerification[] {
  let lastId = '';
  for (const { executorId } of executors) {
    if (executorId < lastId) return executors.toSorted(compareIdentifiers);
    lastId = executorId;
  }
  return executors;
}

function compareIdentifiers(a: ExecutorVerification, b: ExecutorVerification): number {
  return a.executorId < b.executorId ? -1 : 1;
}

/** The GPU groups of a machine as they stand in the text of the report. */
function groupsWithin(groups: readonly GpuGroup[]): string {
  const [only] = groups;
  const isPlain =
    only !== undefined &&
    groups.length === 1 &&
    PLAIN_TEXT.test(only.model) &&
    only.uuids.every((uuid) => PLAIN_TEXT.test(uuid));
  if (!isPlain) return JSON.stringify(JSON.stringify(groups.map(groupText).sort())).slice(1, -1);
  const { model, count, memoryMib, uuids } = only;
  const quote = '\\\\\\"';
  const ids =
    uuids.length === 0 ? '' : `${quote}${uuids.toSorted().join(`${quote},${quote}`)}${quote}`;
  return `[\\"[${quote}${model}${quote},${count},${memoryMib},[${ids}]]\\"]`;
}
