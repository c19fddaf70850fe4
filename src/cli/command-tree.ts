/**
 * Every command with what it is for. A command's own file, and all that it needs, is loaded only when the command is asked
 * for; help and the nearest name of a mistyped one come from this table.
 */
import type { Command } from 'commander';
import type { CommandIo } from './command-io.ts';

type CommandFactory = (io: CommandIo) => Command;

interface CommandLeaf {
  readonly description: string;
  load(): Promise<CommandFactory>;
}

interface CommandGroup {
  readonly description: string;
  readonly commands: CommandTree;
}

/** In the order in which help lists them. */
export type CommandTree = Readonly<Record<string, CommandLeaf | CommandGroup>>;

const WEIGHTS: CommandTree = {
  history: {
    description: 'list what was decided for miners and why not, from the database, newest first',
    load: async () => (await import('./weights-history.ts')).weightsHistoryCommand,
  },
  explain: {
    description: 'say why a miner got its weight, or none, from the ledger',
    load: async () => (await import('./weights-explain.ts')).weightsExplainCommand,
  },
  preview: {
    description: 'ask the running service what the emission section of a file would change',
    load: async () => (await import('./weights-preview.ts')).weightsPreviewCommand,
  },
  replay: {
    description: 'repeat weight sets from the ledger and compare every table with them',
    load: async () => (await import('./weights-replay.ts')).weightsReplayCommand,
  },
  export: {
    description: 'write a weight set as a JSON document that anybody can verify',
    load: async () => (await import('./weights-export.ts')).weightsExportCommand,
  },
  verify: {
    description: 'check the digests of an exported weight set and repeat its calculation',
    load: async () => (await import('./weights-verify.ts')).weightsVerifyCommand,
  },
};

const CONFIG: CommandTree = {
  check: {
    description: 'say every problem of the configuration; exit code 78 when there is one',
    load: async () => (await import('./config.ts')).configCheckCommand,
  },
  show: {
    description: 'print the configuration that is in force, as TOML',
    load: async () => (await import('./config.ts')).configShowCommand,
  },
  init: {
    description: 'write a file with every key, its default and what it means',
    load: async () => (await import('./config.ts')).configInitCommand,
  },
  versions: {
    description: 'list the emission configurations that were accepted, from the database',
    load: async () => (await import('./config-versions.ts')).configVersionsCommand,
  },
  restore: {
    description: 'make an old emission configuration current again, in the running service',
    load: async () => (await import('./config-restore.ts')).configRestoreCommand,
  },
};

const DB: CommandTree = {
  backup: {
    description: 'copy the database as it is at one moment; the service may run',
    load: async () => (await import('./db-backup.ts')).dbBackupCommand,
  },
  restore: {
    description: 'put a copy in the place of the database; the service must not run',
    load: async () => (await import('./db-restore.ts')).dbRestoreCommand,
  },
  check: {
    description: 'check the file, its rows, its schema and the ledger; the service may run',
    load: async () => (await import('./db-check.ts')).dbCheckCommand,
  },
  migrate: {
    description: 'bring the schema up to date, as every start does; the service must not run',
    load: async () => (await import('./db-migrate.ts')).dbMigrateCommand,
  },
  rollback: {
    description:
      'undo the newest migration; the database as it was is kept beside; the service must not run',
    load: async () => (await import('./db-rollback.ts')).dbRollbackCommand,
  },
};

export const COMMANDS: CommandTree = {
  start: {
    description: 'run the service until it is told to stop',
    load: async () => (await import('./start.ts')).startCommand,
  },
  demo: {
    description: 'run everything in one go: a simulated subnet, simulated provers, real gRPC',
    load: async () => (await import('./demo.ts')).demoCommand,
  },
  health: {
    description: 'ask the running service whether it serves',
    load: async () => (await import('./health.ts')).healthCommand,
  },
  gpu: {
    description: 'say which category each GPU name is taken for',
    load: async () => (await import('./gpu.ts')).gpuCommand,
  },
  weights: { description: 'explain, list, repeat and compare weight sets', commands: WEIGHTS },
  config: {
    description: 'check, show or start the configuration; list and restore its versions',
    commands: CONFIG,
  },
  doctor: {
    description: 'check chain, wallet, registration, stake and rules before weights are set',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  db: { description: 'back up, restore, check and migrate the database', commands: DB },
  prover: {
    description: 'stream reports of simulated provers to a service with the dev chain',
    load: async () => (await import('./prover.ts')).proverCommand,
  },
};
