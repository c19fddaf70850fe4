import type {
  MetagraphReader,
  ProfileReader,
  WeightSetStore,
  WeightSetting,
} from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import type { ReportOutcome } from '../../domain/report.ts';
import { toWeightSetSummary } from '../allocation/weight-set-message.ts';
import type { UnaryHandler } from '../calls.ts';
import type { GetStatusRequest__Output } from '../generated/assay/v1/GetStatusRequest.ts';
import type { GetStatusResponse } from '../generated/assay/v1/GetStatusResponse.ts';
import { toDuration, toTimestamp } from '../wire-values.ts';

/** What only the process as a whole knows of itself. */
export interface ServiceFacts {
  readonly version: string;
  readonly uptimeMs: number;
  readonly netuid: number;
  readonly mecid: number;
  readonly chain: 'dev' | 'subtensor';
  readonly activeActors: number;
  readonly queuedReports: number;
  /** Reports that the intake has decided since the start; those refused for their form are added here. */
  readonly reports: Readonly<Record<ReportOutcome, number>>;
  /** Sightings by driver name. */
  readonly unknownGpuModels: ReadonlyMap<string, number>;
}

export interface StatusPorts {
  readonly status: () => ServiceFacts;
  readonly profiles: Pick<ProfileReader, 'count'>;
  readonly metagraph: MetagraphReader;
  readonly weightSets: Pick<WeightSetStore, 'latest'>;
  readonly weightSetting: Pick<WeightSetting, 'status'>;
  readonly openStreams: () => number;
  readonly queuedBytes: () => number;
  readonly formRefusals: () => number;
}

type Handler = UnaryHandler<GetStatusRequest__Output, GetStatusResponse>;

export function getStatus(ports: StatusPorts): Handler {
  return async () => {
    const [profiles, latest] = await Promise.all([
      ports.profiles.count(),
      ports.weightSets.latest(),
    ]);
    return {
      ...factsMessage(ports.status(), ports.formRefusals()),
      ...settingMessage(ports.weightSetting),
      registered_miners: registeredMiners(ports.metagraph),
      profiles,
      open_streams: ports.openStreams(),
      queued_bytes: ports.queuedBytes(),
      ...(latest === undefined ? {} : { last_weight_set: toWeightSetSummary(latest) }),
    };
  };
}

function factsMessage(facts: ServiceFacts, formRefusals: number): GetStatusResponse {
  const { APPLIED, DUPLICATE, STALE, REFUSED } = facts.reports;
  return {
    version: facts.version,
    uptime: toDuration(facts.uptimeMs),
    netuid: facts.netuid,
    mecid: facts.mecid,
    chain: facts.chain,
    active_actors: facts.activeActors,
    queued_reports: facts.queuedReports,
    reports: {
      applied: APPLIED,
      duplicate: DUPLICATE,
      stale: STALE,
      refused: REFUSED + formRefusals,
    },
    unknown_gpu_models: Object.fromEntries(facts.unknownGpuModels),
  };
}

function settingMessage(weightSetting: StatusPorts['weightSetting']): GetStatusResponse {
  const { head, lastSetBlock, nextSetBlock, isSetting, alarm } = weightSetting.status();
  return {
    ...(head === undefined ? {} : { head_block: head.block, head_time: toTimestamp(head.timeMs) }),
    last_weight_set_block: lastSetBlock,
    next_weight_set_block: nextSetBlock,
    is_setting_weights: isSetting,
    alarm: alarm ?? '',
  };
}

/** 0 until the chain has answered: the status is wanted most when it does not. */
function registeredMiners(metagraph: MetagraphReader): number {
  try {
    return metagraph.current().neurons.length;
  } catch (error) {
    if (error instanceof AssayError && error.code === 'metagraph_unavailable') return 0;
    throw error;
  }
}
