import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { RETRIES_MAX, WITHHELD_RETRY_BLOCKS } from '../../src/actors/weight-pacing.ts';
import { chainFailure } from '../../src/domain/chain-errors.ts';
import { AssayError, ERROR_CODES, type ErrorCode } from '../../src/domain/errors.ts';
import { DECISION_BLOCKS_MAX } from '../../src/domain/schedule.ts';
import { OWN_FAILURE_REASONS, WITHHELD_REASONS } from '../../src/domain/weight-set.ts';
import { RefusalReason } from '../../src/grpc/generated/assay/v1/RefusalReason.ts';
import { statusOf } from '../../src/grpc/status.ts';
import { projectRoot } from '../../src/lib/project-root.ts';

const page = readFileSync(join(projectRoot(), 'docs/errors.md'), 'utf8');

/** The rows of a heading's table, cell by cell. */
function rows(heading: string): string[][] {
  const section = page.split(`# ${heading}\n`)[1]?.split('\n#')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''))
        .slice(1),
    );
}

function names(heading: string): (string | undefined)[] {
  return rows(heading).map(([name]) => name);
}

function withoutPrefix(name: string): string {
  return name.replace('REFUSAL_REASON_', '');
}

describe('docs/errors.md', () => {
  it('lists every code with its kind and its status', () => {
    const listed = rows('Codes').map(([code, kind, name]) => [code, kind, name]);
    const codes = Object.keys(ERROR_CODES) as ErrorCode[];
    const wanted = codes.map((code) => [
      code,
      ERROR_CODES[code],
      status[statusOf(new AssayError(code, '')).code],
    ]);
    expect(listed.sort()).toEqual(wanted.sort());
  });

  it('lists every reason for which a report is refused', () => {
    const reasons = Object.keys(RefusalReason)
      .map(withoutPrefix)
      .filter((name) => name !== 'UNSPECIFIED');
    expect(names('Why a report is refused')).toEqual(reasons);
  });

  it('says of every refusal whether it is for good', () => {
    for (const [reason, , verdict] of rows('Why a report is refused')) {
      expect(verdict, reason).toMatch(/^refused again: for good|^may pass|^passes/);
    }
  });

  it('lists every reason for which weights are withheld, and when they are decided again', () => {
    expect(names('Why weights are withheld')).toEqual([...WITHHELD_REASONS]);
    expect(page).toContain(`by themselves every\n${WITHHELD_RETRY_BLOCKS} blocks`);
  });

  it("lists every reason of Assay's own for which a weight set fails, and when it gives up", () => {
    expect(names("Assay's own reasons")).toEqual([...OWN_FAILURE_REASONS]);
    expect(page).toContain(`After ${RETRIES_MAX} such failures in a row`);
    expect(page).toContain(`more than ${DECISION_BLOCKS_MAX} blocks passed`);
  });

  it('gives the same numbers as the protos', () => {
    const proto = (file: string) =>
      readFileSync(join(projectRoot(), 'proto/assay/v1', file), 'utf8');
    expect(proto('operations.proto')).toContain(`every ${WITHHELD_RETRY_BLOCKS} blocks`);
    expect(proto('operations.proto')).toContain(`${RETRIES_MAX} with RETRY_ACTION_RETRY_NOW`);
    expect(proto('allocation.proto')).toContain(`after ${RETRIES_MAX} such failures`);
  });

  it('lists every error name of the chain with the action that follows a submission', () => {
    const context = { block: 1, nextEpochBlock: 2, rateLimitBlock: 3 };
    const source = readFileSync(join(projectRoot(), 'src/domain/chain-errors.ts'), 'utf8');
    const chainNames = [...source.matchAll(/^ {2}([A-Z]\w+): \{/gm)].map(([, name]) => name);
    expect(chainNames).toContain('SettingWeightsTooFast');
    const wanted = chainNames.map((name) => [
      name,
      chainFailure(String(name), context).action.kind.toUpperCase(),
    ]);
    const listed = rows("The chain's reasons").map(([name, , action]) => [
      name,
      action?.split(/\W/)[0],
    ]);
    expect(listed).toEqual(wanted);
  });
});

describe('the reasons in the sources', () => {
  const sources = ['src/domain', 'src/actors', 'src/chain'].flatMap((folder) =>
    readdirSync(join(projectRoot(), folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(projectRoot(), folder, file), 'utf8')),
  );
  const used = sources.flatMap((text) =>
    [...text.matchAll(/\breason: '([A-Z]+(?:_[A-Z]+)*)'/g)].map(([, reason]) => reason ?? ''),
  );

  it('are those of the tables and no others', () => {
    const tables = [...OWN_FAILURE_REASONS, ...WITHHELD_REASONS];
    const refusals = new Set(Object.keys(RefusalReason).map(withoutPrefix));
    const reasons = new Set(used.filter((reason) => !refusals.has(reason)));
    expect([...reasons].sort()).toEqual([...new Set(tables)].sort());
  });
});
