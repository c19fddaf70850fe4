import type { Command } from 'commander';
import { readExplanation } from '../actors/weight-explanation.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { WeightExplanation } from '../domain/ledger/explanation.ts';
import { toExplanationMessage } from '../grpc/allocation/explanation-message.ts';
import { SqliteLedger } from '../store/sqlite-ledger.ts';
import { SqliteWeightSetStore } from '../store/sqlite-weight-set-store.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { explanationTables } from './explanation-tables.ts';
import { uidValue, wholeNumber } from './option-values.ts';
import { withStoredSubnet } from './stored-ledger.ts';

interface ExplainOptions extends SharedOptions {
  readonly block?: number;
}

/** `assay weights explain UID`: which rules a miner kept or broke, what that came to, and what would have changed it. */
export function weightsExplainCommand(io: CommandIo): Command {
  return subcommand(io, 'explain')
    .argument('<uid>', "the miner's UID", uidValue)
    .option('--block <n>', 'in the weight set of this block instead of the newest', wholeNumber)
    .action((uid: MinerUid, options: ExplainOptions) => explain(io, uid, options));
}

async function explain(io: CommandIo, uid: MinerUid, options: ExplainOptions): Promise<void> {
  const { block, json } = options;
  await withStoredSubnet(io, options, async (subnet) => {
    const ledger = new SqliteLedger(subnet);
    const weightSets = new SqliteWeightSetStore(subnet);
    const explanation = await readExplanation({ ledger, weightSets }, { uid, block });
    io.stdout(json ? jsonText(explanationJson(explanation)) : shown(explanation));
  });
}

function shown(explanation: WeightExplanation): string {
  const { summary } = toExplanationMessage(explanation);
  return `${[...explanationTables(explanation), summary].join('\n\n')}\n`;
}

/** As `ExplainWeight` spells it, the time as text. */
function explanationJson(explanation: WeightExplanation) {
  const decided_time = new Date(explanation.decidedAtMs).toISOString();
  return { ...toExplanationMessage(explanation), decided_time };
}
