/** `npm run bench -- NAME …`: runs the named benchmarks one after the other, all of them when none is named. */
const NAMES = [
  ...['gpu-names', 'allocate', 'store', 'ledger', 'weight-set', 'ingest', 'timelock'],
  ...['chain', 'chain-faults', 'chain-blocks'],
];

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = asked.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark ${unknown.join(', ')}; there are: ${NAMES.join(', ')}\n`);
  process.exit(2);
}
for (const name of asked.length === 0 ? NAMES : asked) await import(`./${name}.js`);
