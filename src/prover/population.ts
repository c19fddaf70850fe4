import { present } from '../lib/assert.ts';
import { type Random, random } from '../lib/random.ts';
import { type Card, LAPTOPS, SLICES, UNKNOWN_CARDS, WHOLE_CARDS } from './driver-names.ts';

/** Who a simulated miner is on the subnet. */
export interface MinerIdentity {
  readonly uid: number;
  readonly hotkey: string;
}

/** GPUs of one model in a machine. */
interface SimulatedGpus {
  readonly model: string;
  readonly memoryMib: number;
  readonly count: number;
  /** Empty, or one for each GPU. */
  readonly uuids: readonly string[];
}

export interface SimulatedMachine {
  readonly executorId: string;
  readonly gpus: readonly SimulatedGpus[];
  /** 0 to 1; what the machine scores on an ordinary day. */
  readonly hardwareScore: number;
  readonly bandwidthMbps: number;
  readonly hasValidAttestation: boolean;
  /** Probability, 0 to 1, that a verification of this machine fails. */
  readonly failureChance: number;
}

export interface SimulatedMiner extends MinerIdentity {
  /** 1 to 64. */
  readonly machines: readonly SimulatedMachine[];
}

const MACHINES_MAX = 64;
/** The higher, the more miners are small: the median miner has 4 machines. */
const SIZE_SKEW = 4;
const MIXED_CHANCE = 0.06;
const SLICE_CHANCE = 0.03;
const LAPTOP_CHANCE = 0.02;
const UNKNOWN_CHANCE = 0.02;
const INVALID_ATTESTATION_CHANCE = 0.04;
const FLAKY_CHANCE = 0.1;
const ANONYMOUS_GPUS_CHANCE = 0.2;
const GPU_COUNTS = [1, 1, 1, 2, 2, 4, 8, 8];

/** The machines of every miner; a miner has the same ones whoever else is there. */
export function simulatedPopulation(
  seed: number,
  miners: readonly MinerIdentity[],
): readonly SimulatedMiner[] {
  return miners.map(({ uid, hotkey }) => {
    const source = random(seed, 'machines', uid);
    const favourite = weighted(source, WHOLE_CARDS);
    const count = 1 + Math.floor((MACHINES_MAX - 1) * source.next() ** SIZE_SKEW);
    const machines = Array.from({ length: count }, (_, index) =>
      machine(source, { executorId: `executor-${uid}-${index}`, favourite }),
    );
    return { uid, hotkey, machines };
  });
}

function machine(
  source: Random,
  { executorId, favourite }: { readonly executorId: string; readonly favourite: Card },
): SimulatedMachine {
  const first = cardOf(source, favourite);
  const cards = source.chance(MIXED_CHANCE) ? [first, weighted(source, WHOLE_CARDS)] : [first];
  return {
    executorId,
    gpus: cards.map((card) => gpusOf(source, card)),
    hardwareScore: rounded(1 - 0.5 * source.next() ** 2),
    bandwidthMbps: source.pick([100, 940, 2_400, 9_400, 24_000]),
    hasValidAttestation: !source.chance(INVALID_ATTESTATION_CHANCE),
    failureChance: source.chance(FLAKY_CHANCE) ? 0.3 : 0.01,
  };
}

function cardOf(source: Random, favourite: Card): Card {
  const kind = source.next();
  if (kind < SLICE_CHANCE) return weighted(source, SLICES);
  if (kind < SLICE_CHANCE + LAPTOP_CHANCE) return weighted(source, LAPTOPS);
  if (kind < SLICE_CHANCE + LAPTOP_CHANCE + UNKNOWN_CHANCE) return weighted(source, UNKNOWN_CARDS);
  return favourite;
}

function gpusOf(source: Random, { model, memoryMib }: Card): SimulatedGpus {
  const count = source.pick(GPU_COUNTS);
  const isAnonymous = source.chance(ANONYMOUS_GPUS_CHANCE);
  const uuids = isAnonymous ? [] : Array.from({ length: count }, () => gpuUuid(source));
  return { model, memoryMib, count, uuids };
}

function weighted(source: Random, cards: readonly Card[]): Card {
  const total = cards.reduce((sum, { weight }) => sum + weight, 0);
  const drawn = source.integer(1, total);
  let passed = 0;
  const card = cards.find(({ weight }) => {
    passed += weight;
    return drawn <= passed;
  });
  return present(card, 'the weights add up to their total');
}

/** As drivers print it: `GPU-` and a UUID. */
function gpuUuid(source: Random): string {
  const hex = Buffer.from(source.bytes(16)).toString('hex');
  return `GPU-${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
}

function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
