import { EmissionConfigKeeper } from '../../src/actors/emission-configs.ts';
import { defaultEmissionConfig } from '../../src/domain/emission-rules.ts';
import { AssayError } from '../../src/domain/errors.ts';
import type { Metagraph } from '../../src/domain/metagraph.ts';
import { Events } from '../../src/events.ts';
import type { Report as ReportMessage } from '../../src/grpc/generated/assay/v1/Report.ts';
import type { GrpcLimits } from '../../src/grpc/limits.ts';
import type { ServiceFacts } from '../../src/grpc/operations/get-status.ts';
import { GrpcServer } from '../../src/grpc/server.ts';
import type { GrpcPorts } from '../../src/grpc/services.ts';
import { present } from '../../src/lib/assert.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { connect, ProverStream } from './grpc-client.ts';
import { RecordingLogger } from './intake-fixture.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryEmissionConfigStore } from './memory-emission-config-store.ts';
import { MemoryProfileStore } from './memory-journal.ts';
import { MemoryLedger } from './memory-ledger.ts';
import { MemoryVerificationResults } from './memory-verification-results.ts';
import { MemoryWeightHistory } from './memory-weight-history.ts';
import { sampleHotkey, sampleMetagraph, sampleRegistration, uid } from './report-samples.ts';
import { ScriptedIntake } from './scripted-intake.ts';
import { MemoryWeightSets, ScriptedWeightSetting } from './scripted-weight-setting.ts';

export const SAMPLE_FACTS: ServiceFacts = {
  version: '1.2.3',
  uptimeMs: 61_500,
  netuid: 39,
  mecid: 1,
  chain: 'dev',
  activeActors: 4,
  queuedReports: 5,
  reports: { APPLIED: 10, DUPLICATE: 2, STALE: 3, REFUSED: 4 },
  unknownGpuModels: new Map([['NVIDIA Q900', 6]]),
};

const OBSERVED_SECONDS = Date.UTC(2026, 0, 1) / 1_000;

/** A well-formed report of miner 7 as it goes over the wire. */
export function reportMessage(fields: ReportMessage = {}): ReportMessage {
  return {
    report_id: 'report-1',
    miner_uid: 7,
    miner_hotkey: sampleHotkey(7),
    observed_time: { seconds: OBSERVED_SECONDS, nanos: 0 },
    executors: [
      {
        executor_id: 'executor-1',
        is_valid: true,
        attestation: {
          valid: true,
          gpu_groups: [{ model: 'NVIDIA H100 80GB HBM3', count: 8, memory_mib: 81_559 }],
        },
      },
    ],
    ...fields,
  };
}

/** The doubles behind a server's ports. */
export class GrpcDoubles {
  readonly clock = new ManualClock();
  readonly intake = new ScriptedIntake();
  readonly profiles = new MemoryProfileStore();
  readonly weightSets = new MemoryWeightSets();
  readonly weightSetting = new ScriptedWeightSetting();
  readonly weightHistory = new MemoryWeightHistory();
  readonly ledger = new MemoryLedger();
  readonly verificationResults = new MemoryVerificationResults();
  readonly emissionConfigVersions = new MemoryEmissionConfigStore();
  readonly logger = new RecordingLogger();
  readonly events = new Events({ logger: this.logger });
  readonly bugs: unknown[] = [];
  facts = SAMPLE_FACTS;
  #metagraph: Metagraph | undefined = sampleMetagraph(
    [6, 7, 8].map((at) => sampleRegistration({ uid: uid(at) })),
  );

  loseMetagraph(): void {
    this.#metagraph = undefined;
  }

  async ports(): Promise<GrpcPorts> {
    const { clock, events, intake, profiles, weightSets, weightSetting } = this;
    const emissionConfigs = await EmissionConfigKeeper.open({
      store: this.emissionConfigVersions,
      clock,
      events,
      digestOf: sha256Hex,
      fileConfig: defaultEmissionConfig(),
      source: 'default',
    });
    const current = () => {
      if (this.#metagraph !== undefined) return this.#metagraph;
      throw new AssayError('metagraph_unavailable', 'no metagraph was read yet');
    };
    return {
      clock,
      events,
      intake,
      profiles,
      profileRemover: profiles,
      weightSets,
      weightSetting,
      emissionConfigs,
      weightHistory: this.weightHistory,
      ledger: this.ledger,
      verificationResults: this.verificationResults,
      emissionConfigVersions: this.emissionConfigVersions,
      metagraph: { current },
      status: () => this.facts,
    };
  }
}

/** A server over a real socket, with doubles behind its ports and clients in front. */
export class GrpcFixture extends GrpcDoubles {
  readonly #clients: ReturnType<typeof connect>[] = [];
  #server: GrpcServer | undefined;

  static async start(
    limits: Partial<GrpcLimits> = {},
    { reflection = true }: { readonly reflection?: boolean } = {},
  ): Promise<GrpcFixture> {
    const fixture = new GrpcFixture();
    fixture.#server = await GrpcServer.start({
      listen: '127.0.0.1:0',
      ports: await fixture.ports(),
      reflection,
      limits,
      onBug: (error) => fixture.bugs.push(error),
    });
    return fixture;
  }

  get server(): GrpcServer {
    return present(this.#server, 'the server was started');
  }

  /** A client on a connection of its own, closed with the fixture. */
  client(): ReturnType<typeof connect> {
    const client = connect(this.server.address);
    this.#clients.push(client);
    return client;
  }

  stream(): ProverStream {
    return new ProverStream(this.client().verification.StreamReports());
  }

  /** Closes the clients, which ends their calls, and the server. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    const drained = this.server.drain();
    await this.clock.advance(60_000);
    await drained;
  }
}
