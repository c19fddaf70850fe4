import { Command } from 'commander';
import type { CommandIo } from './command-io.ts';
import { weightsExplainCommand } from './weights-explain.ts';
import { weightsExportCommand } from './weights-export.ts';
import { weightsHistoryCommand } from './weights-history.ts';
import { weightsPreviewCommand } from './weights-preview.ts';
import { weightsReplayCommand } from './weights-replay.ts';
import { weightsVerifyCommand } from './weights-verify.ts';

/** `assay weights …`: what was paid, why, and what would be. */
export function weightsCommand(io: CommandIo): Command {
  return new Command('weights')
    .description('explain, list, repeat and compare weight sets')
    .addCommand(weightsHistoryCommand(io))
    .addCommand(weightsExplainCommand(io))
    .addCommand(weightsPreviewCommand(io))
    .addCommand(weightsReplayCommand(io))
    .addCommand(weightsExportCommand(io))
    .addCommand(weightsVerifyCommand(io));
}
