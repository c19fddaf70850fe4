import { existsSync } from 'node:fs';

/** A worker thread's file, and what its thread must be started with. */
export interface WorkerFile {
  readonly url: URL;
  readonly execArgv: readonly string[];
}

/** The file of a worker in `workers/`: the compiled one beside compiled code, the source beside the sources. */
export function workerFile(name: string): WorkerFile {
  const place = new URL(`../../workers/${name}`, import.meta.url);
  const compiled = new URL(`${place}.js`);
  return workerFileAt(existsSync(compiled) ? compiled : new URL(`${place}.ts`));
}

/** Any file as a worker. Node 20 gives the hooks of `--import tsx` to the main thread only; a worker registers them itself. */
export function workerFileAt(url: URL): WorkerFile {
  if (!url.pathname.endsWith('.ts')) return { url, execArgv: [] };
  const api = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  return {
    url,
    execArgv: ['--import', `data:text/javascript,import{register}from${api};register()`],
  };
}
