import { startDemoProver } from '../../../src/cli/demo-prover.ts';

/** A process that starts the prover of the demo against the address in its arguments, and knows no end of its own. */
const prover = startDemoProver({
  address: String(process.argv[2]),
  seed: 1,
  miners: 2,
  rounds: 0,
  firstRounds: 1,
  signal: new AbortController().signal,
  talk: (text) => process.stderr.write(text),
});

await prover.ended;
