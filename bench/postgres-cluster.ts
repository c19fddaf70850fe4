/** A PostgreSQL of our own: a new cluster in a folder of ours, reached through a socket in it, run by who may run it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';

const DEBIAN_FOLDER = '/usr/lib/postgresql';
const DEBIAN_USER = 'postgres';
const STARTUP_TRIES = 100;
const STARTUP_PAUSE_MS = 100;
/** Durable, as Assay is by default; more memory and rarer checkpoints than the defaults, as one would give it. */
const SETTINGS = {
  listen_addresses: '',
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
};

/** Where the programs of the newest PostgreSQL are, undefined when none is installed. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(DEBIAN_FOLDER)) return undefined;
  return readdirSync(DEBIAN_FOLDER)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN_FOLDER, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

interface ClusterUse {
  readonly connections: number;
  readonly schema: string;
}

/** See the top of this file. */
export class PostgresCluster {
  readonly #folder: string;
  readonly #server: ChildProcess;

  static async start(programs: string): Promise<PostgresCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
    const identity = unprivileged();
    if (identity !== undefined) chownSync(folder, identity.uid, identity.gid);
    const cluster = join(folder, 'cluster');
    const told = ['-D', cluster, '-U', DEBIAN_USER, '-A', 'trust', '-E', 'UTF8', '--locale=C'];
    const made = spawnSync(join(programs, 'initdb'), told, { ...identity, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
    const settings = Object.entries({ ...SETTINGS, unix_socket_directories: folder });
    const server = spawn(
      join(programs, 'postgres'),
      ['-D', cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...identity, stdio: 'ignore' },
    );
    const started = new PostgresCluster(folder, server);
    try {
      await started.#answering();
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  private constructor(folder: string, server: ChildProcess) {
    this.#folder = folder;
    this.#server = server;
  }

  /** Connections whose tables are in a schema, which need not exist yet. */
  connect({ connections, schema }: ClusterUse): postgres.Sql {
    return postgres({
      host: this.#folder,
      username: DEBIAN_USER,
      database: DEBIAN_USER,
      max: connections,
      connection: { search_path: schema },
      onnotice: () => undefined,
    });
  }

  /** Ends the server and deletes the cluster. */
  async stop(): Promise<void> {
    const exited = once(this.#server, 'exit');
    this.#server.kill('SIGINT');
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answering(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const sql = this.connect({ connections: 1, schema: 'public' });
      try {
        await sql`select 1`;
        return;
      } catch (error) {
        if (tries === STARTUP_TRIES) throw error;
        await pause(STARTUP_PAUSE_MS);
      } finally {
        await sql.end();
      }
    }
  }
}

/** PostgreSQL refuses to be run by root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string) =>
    Number(spawnSync('id', [option, DEBIAN_USER], { encoding: 'utf8' }).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}
