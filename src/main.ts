#!/usr/bin/env node
/** The process: signals in, exit code out. */
import { isatty } from 'node:tty';
import { askPassword } from './cli/password-prompt.ts';
import { runCli } from './cli/program.ts';
import type { AskPassword } from './lib/secret.ts';

const stop = new AbortController();

function onSignal(name: NodeJS.Signals) {
  if (stop.signal.aborted) process.exit(1);
  stop.abort(new Error(`stopped by ${name}`));
}

/** Reads stdin without staying alive for it. */
function stdinEnd(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => resolve();
    process.stdin.on('error', done).on('end', done).on('close', done).resume();
    process.stdin.unref?.();
  });
}

/** Asks on stderr, where talk belongs; stdout may go into a file. */
const askAtTerminal: AskPassword = (question, signal = stop.signal) => {
  const terminal = {
    keyboard: process.stdin,
    write: (text: string) => void process.stderr.write(text),
    interrupt: () => onSignal('SIGINT'),
  };
  return askPassword(terminal, question, signal);
};

process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? 0 : 1),
);

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  env: process.env,
  isStderrTty: process.stderr.isTTY === true,
  stdin: () => process.stdin,
  stdinEnd,
  signal: stop.signal,
  ...(isatty(0) && isatty(2) ? { askPassword: askAtTerminal } : {}),
});
