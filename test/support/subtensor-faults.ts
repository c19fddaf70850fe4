import type { Random } from '../../src/lib/random.ts';
import type { StubNode } from './subtensor-node/stub-node.ts';
import type { RpcError } from './subtensor-node/transaction-pool.ts';

const POOL_ERRORS: readonly RpcError[] = [
  { code: 1010, message: 'Invalid Transaction', data: 'Custom error: 6' },
  { code: 1010, message: 'Invalid Transaction', data: 'Custom error: 15' },
  { code: 1010, message: '{"invalid":{"custom":6}}' },
  { code: 1010, message: 'Invalid Transaction', data: 'Transaction has a bad signature' },
  { code: 1010, message: 'Invalid Transaction', data: 'Transaction is outdated' },
  { code: 1010, message: 'Invalid Transaction', data: 'Transaction has an ancient birth block' },
  { code: 1012, message: 'Transaction is temporarily banned' },
  { code: 1013, message: 'Transaction Already Imported' },
  { code: 1014, message: 'Priority is too low: (1 vs 1)' },
  { code: 1016, message: 'Immediately Dropped: the transaction could not enter the pool' },
];

/** Real milliseconds by which answers are late. */
const DELAY_MAX_MS = 4;

interface Fault {
  readonly name: string;
  /** How likely it begins before a block, 0 to 1. */
  readonly chance: number;
  readonly begin: (node: StubNode, chance: Random) => void;
}

const FAULTS: readonly Fault[] = [
  { name: 'drop connections', chance: 0.05, begin: (node) => node.dropConnections() },
  { name: 'silence', chance: 0.03, begin: (node) => node.silence() },
  { name: 'refuse connections', chance: 0.03, begin: (node) => node.refuseConnections() },
  {
    name: 'refuse next',
    chance: 0.06,
    begin: (node, chance) => node.refuseNext(chance.pick(POOL_ERRORS)),
  },
  {
    name: 'retract next',
    chance: 0.1,
    begin: (node, chance) =>
      node.retractNextInclusion(chance.pick(['included_again', 'never_included_again'])),
  },
  { name: 'drop next from pool', chance: 0.05, begin: (node) => node.dropNextFromPool() },
  { name: 'lose answer', chance: 0.06, begin: (node) => node.loseSubmissionAnswer() },
  { name: 'stop finality', chance: 0.03, begin: (node) => node.stopFinality() },
  {
    name: 'upgrade runtime',
    chance: 0.02,
    begin: (node, chance) => node.upgradeRuntime(chance.integer(425, 428)),
  },
  {
    name: 'delay answers',
    chance: 0.04,
    begin: (node, chance) => node.delayAnswers(chance.integer(1, DELAY_MAX_MS)),
  },
  {
    name: 'delay inclusion',
    chance: 0.1,
    begin: (node, chance) => {
      node.chainFaults.inclusionDelayBlocks = chance.integer(0, 4);
    },
  },
  { name: 'no runtime calls', chance: 0.03, begin: (node) => node.withoutStateCall() },
  {
    name: 'commit-reveal switched',
    chance: 0.02,
    begin: (node) =>
      node.setHyperparameters({
        isCommitRevealEnabled: !node.state.subnet.hyperparameters.isCommitRevealEnabled,
      }),
  },
];

/** How likely each of the faults that last ends before a block. */
const END_CHANCE = 0.3;

/** Lets some go wrong, and some that is wrong end. @returns what began. */
export function drawFault(chance: Random, nodes: readonly StubNode[]): readonly string[] {
  for (const node of nodes) {
    if (chance.chance(END_CHANCE)) node.silence(false);
    if (chance.chance(END_CHANCE)) node.refuseConnections(false);
    if (chance.chance(END_CHANCE)) node.stopFinality(false);
    if (chance.chance(END_CHANCE)) node.delayAnswers(0);
    if (chance.chance(END_CHANCE)) node.withoutStateCall(false);
    // What waits for a submission would otherwise meet nearly every one.
    if (chance.chance(END_CHANCE)) endWaitingFaults(node);
  }
  const begun = FAULTS.filter((fault) => chance.chance(fault.chance));
  for (const { begin } of begun) begin(chance.pick(nodes), chance);
  return begun.map(({ name }) => name);
}

/** The node and its chain work again. */
export function endFaults(node: StubNode): void {
  node.silence(false);
  node.refuseConnections(false);
  node.stopFinality(false);
  node.delayAnswers(0);
  node.withoutStateCall(false);
  node.chainFaults.inclusionDelayBlocks = 0;
  endWaitingFaults(node);
}

function endWaitingFaults({ chainFaults, connectionFaults }: StubNode): void {
  connectionFaults.losesNextSubmissionAnswer = false;
  chainFaults.nextRefusal = undefined;
  chainFaults.nextRetraction = undefined;
  chainFaults.willDropNext = false;
}
