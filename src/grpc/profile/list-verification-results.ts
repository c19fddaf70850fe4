import type { VerificationResult, VerificationResultReader } from '../../actors/record-ports.ts';
import type { UnaryHandler } from '../calls.ts';
import type { ListVerificationResultsRequest__Output } from '../generated/assay/v1/ListVerificationResultsRequest.ts';
import type { ListVerificationResultsResponse } from '../generated/assay/v1/ListVerificationResultsResponse.ts';
import type { VerificationResult as VerificationResultMessage } from '../generated/assay/v1/VerificationResult.ts';
import { categoryFilter, minerFilter, requireMiner, timeRange } from '../list-filters.ts';
import { readPage } from '../page-token.ts';
import { TIMESTAMP_MS_MAX, toTimestamp } from '../wire-values.ts';

type Handler = UnaryHandler<
  ListVerificationResultsRequest__Output,
  ListVerificationResultsResponse
>;

export function listVerificationResults(results: VerificationResultReader): Handler {
  return async (request) => {
    requireMiner('gpu_model', request.gpu_model, request);
    const filters = {
      ...minerFilter(request),
      ...categoryFilter(request),
      ...timeRange(request),
    };
    const page = await readPage(request, {
      method: 'ListVerificationResults',
      filters,
      keyMax: { verifiedAtMs: TIMESTAMP_MS_MAX, id: Number.MAX_SAFE_INTEGER },
      read: (limit, after) =>
        results.page({ ...filters, ...(after === undefined ? {} : { after }), limit }),
      keyOf: ({ verifiedAtMs, id }) => ({ verifiedAtMs, id }),
    });
    return {
      results: page.rows.map(toResultMessage),
      next_page_token: page.nextPageToken,
    };
  };
}

function toResultMessage(result: VerificationResult): VerificationResultMessage {
  const { networkBandwidthMbps } = result;
  return {
    prover_id: result.proverId,
    report_id: result.reportId,
    outcome: result.outcome,
    miner_uid: result.minerUid,
    miner_hotkey: result.hotkey,
    executor_id: result.executorId,
    gpu_name: result.gpuName,
    gpu_model: result.category ?? '',
    gpu_count: result.gpuCount,
    memory_mib: result.gpuMemoryMib,
    is_valid: result.isValid,
    attestation_valid: result.isAttestationValid,
    hardware_score: result.hardwareScore,
    ...(networkBandwidthMbps === undefined ? {} : { network_bandwidth_mbps: networkBandwidthMbps }),
    verified_time: toTimestamp(result.verifiedAtMs),
  };
}
