/** Binds every RPC to the ports that it needs; the only place that sees them all. */
import { readFileSync } from 'node:fs';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type {
  EmissionConfigStore,
  EmissionConfigs,
  MetagraphReader,
  ProfileReader,
  ReportIntake,
  WeightSetStore,
  WeightSetting,
} from '../actors/ports.ts';
import type {
  LedgerReader,
  ProfileRemover,
  VerificationResultReader,
  WeightHistoryReader,
} from '../actors/record-ports.ts';
import type { Events } from '../events.ts';
import type { Clock } from '../lib/clock.ts';
import { explainWeight } from './allocation/explain-weight.ts';
import { getAllocationStatistics } from './allocation/get-allocation-statistics.ts';
import { getWeights } from './allocation/get-weights.ts';
import { listEmissionMetrics } from './allocation/list-emission-metrics.ts';
import { listWeightHistory } from './allocation/list-weight-history.ts';
import { previewAllocation } from './allocation/preview-allocation.ts';
import { watchWeightSets } from './allocation/watch-weight-sets.ts';
import type { Calls } from './calls.ts';
import { indexDescriptors } from './descriptor-index.ts';
import { getEmissionConfig } from './emission-config/get-emission-config.ts';
import { listEmissionConfigs } from './emission-config/list-emission-configs.ts';
import { restoreEmissionConfig } from './emission-config/restore-emission-config.ts';
import { updateEmissionConfig } from './emission-config/update-emission-config.ts';
import type { AllocationServiceHandlers } from './generated/assay/v1/AllocationService.ts';
import type { EmissionConfigServiceHandlers } from './generated/assay/v1/EmissionConfigService.ts';
import type { OperationsServiceHandlers } from './generated/assay/v1/OperationsService.ts';
import type { ProfileServiceHandlers } from './generated/assay/v1/ProfileService.ts';
import type { ServerReflectionHandlers } from './generated/grpc/reflection/v1/ServerReflection.ts';
import type { GrpcLimits } from './limits.ts';
import { getStatus, type ServiceFacts } from './operations/get-status.ts';
import { setWeights } from './operations/set-weights.ts';
import { deleteProfile } from './profile/delete-profile.ts';
import { getProfile } from './profile/get-profile.ts';
import { getProfileStatistics } from './profile/get-profile-statistics.ts';
import { listProfiles } from './profile/list-profiles.ts';
import { listVerificationResults } from './profile/list-verification-results.ts';
import { DESCRIPTOR_FILE, packages } from './proto.ts';
import { reflection } from './reflection.ts';
import { QueuedBytes } from './verification/queued-bytes.ts';
import type { FormRefusals } from './verification/report-batch.ts';
import { ReportStreams } from './verification/report-streams.ts';
import { submitReports } from './verification/submit-reports.ts';
import { VERIFICATION_SERVICE, type VerificationHandlers } from './verification/wire-requests.ts';

/** Everything that the RPCs use. */
export interface GrpcPorts {
  readonly intake: ReportIntake;
  readonly profiles: Pick<ProfileReader, 'get' | 'page' | 'count' | 'statistics'>;
  readonly profileRemover: Pick<ProfileRemover, 'delete'>;
  readonly weightSets: Pick<WeightSetStore, 'latest' | 'latestTaken' | 'at' | 'outcomeAt'>;
  readonly weightSetting: WeightSetting;
  readonly weightHistory: WeightHistoryReader;
  readonly ledger: LedgerReader;
  readonly verificationResults: VerificationResultReader;
  readonly emissionConfigs: EmissionConfigs;
  readonly emissionConfigVersions: Pick<EmissionConfigStore, 'at' | 'page'>;
  readonly metagraph: MetagraphReader;
  readonly status: () => ServiceFacts;
  readonly events: Events;
  readonly clock: Clock;
}

/** What the services are bound with, besides their ports. */
export interface ServiceSetting {
  readonly calls: Calls;
  readonly limits: GrpcLimits;
  readonly refusals: FormRefusals;
  /** Aborts when the server drains. */
  readonly draining: AbortSignal;
}

/** One service as the server takes it. */
export interface BoundService {
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

const { v1 } = packages.assay;

/** Every service of `assay.v1`. */
export function assayServices(ports: GrpcPorts, setting: ServiceSetting): BoundService[] {
  const { calls, limits, refusals, draining } = setting;
  const { intake, events } = ports;
  const queuedBytes = new QueuedBytes(limits.queuedBytesMax);
  const reporting = { intake, refusals, queuedBytes };
  const streams = new ReportStreams({ ...reporting, limits, draining }, events);
  const verification: VerificationHandlers = {
    StreamReports: calls.duplex(streams.handle),
    SubmitReports: calls.unary(submitReports(reporting)),
  };
  const processFacts = {
    openStreams: () => streams.openCount,
    queuedBytes: () => queuedBytes.count,
    formRefusals: () => refusals.count,
  };
  const operations: OperationsServiceHandlers = {
    GetStatus: calls.unary(getStatus({ ...ports, ...processFacts })),
    SetWeights: calls.unary(setWeights(ports.weightSetting), limits.setWeightsDeadlineMs),
  };
  return [
    { definition: VERIFICATION_SERVICE, handlers: verification },
    { definition: v1.AllocationService.service, handlers: allocation(ports, setting) },
    { definition: v1.ProfileService.service, handlers: profile(ports, calls) },
    { definition: v1.EmissionConfigService.service, handlers: emissionConfig(ports, calls) },
    { definition: v1.OperationsService.service, handlers: operations },
  ];
}

/** Reflection over every service, in both versions of its protocol. */
export function reflectionServices({ calls, draining }: ServiceSetting): BoundService[] {
  const handler = reflection(indexDescriptors(readFileSync(DESCRIPTOR_FILE)), draining);
  const handlers: ServerReflectionHandlers = { ServerReflectionInfo: calls.duplex(handler) };
  const { v1: newer, v1alpha: older } = packages.grpc.reflection;
  return [
    { definition: newer.ServerReflection.service, handlers },
    { definition: older.ServerReflection.service, handlers },
  ];
}

function allocation(
  ports: GrpcPorts,
  { calls, draining }: ServiceSetting,
): AllocationServiceHandlers {
  const { weightSets, weightSetting } = ports;
  const statistics = { ...ports, subnet: ports.status };
  return {
    GetAllocationStatistics: calls.unary(getAllocationStatistics(statistics)),
    GetWeights: calls.unary(getWeights(weightSets)),
    ExplainWeight: calls.unary(explainWeight(ports)),
    ListWeightHistory: calls.unary(listWeightHistory(ports.weightHistory)),
    ListEmissionMetrics: calls.unary(listEmissionMetrics(ports.weightHistory)),
    PreviewAllocation: calls.unary(previewAllocation(ports)),
    WatchWeightSets: calls.serverStream(watchWeightSets(weightSetting, draining)),
  };
}

function profile(ports: GrpcPorts, calls: Calls): ProfileServiceHandlers {
  const { profiles, profileRemover, metagraph, verificationResults, events } = ports;
  return {
    GetProfile: calls.unary(getProfile(profiles, metagraph)),
    GetProfileStatistics: calls.unary(getProfileStatistics(profiles)),
    DeleteProfile: calls.unary(deleteProfile(profileRemover, events)),
    ListProfiles: calls.unary(listProfiles(profiles)),
    ListVerificationResults: calls.unary(listVerificationResults(verificationResults)),
  };
}

function emissionConfig(ports: GrpcPorts, calls: Calls): EmissionConfigServiceHandlers {
  const { emissionConfigs, emissionConfigVersions } = ports;
  return {
    GetEmissionConfig: calls.unary(getEmissionConfig(emissionConfigs)),
    UpdateEmissionConfig: calls.unary(updateEmissionConfig(ports)),
    ListEmissionConfigs: calls.unary(listEmissionConfigs(emissionConfigVersions)),
    RestoreEmissionConfig: calls.unary(restoreEmissionConfig(emissionConfigVersions, ports)),
  };
}
