import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/domain/ledger/replay.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { documentOf } from '../../src/store/ledger-document.ts';
import { RecordingLogger } from '../support/intake-fixture.ts';
import { settle } from '../support/manual-clock.ts';
import { RunningService } from '../support/running-service.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Blocks come so often while the service is down. */
const BLOCK_MS = 12_000;

function toml(archive: string): string {
  return `
[emission]
weight_set_interval_blocks = 10
[retention]
results = "2d"
profiles = "3d"
ledger = "4d"
interval = "1h"
archive_dir = ${JSON.stringify(archive)}
`;
}

const finished = (logger: RecordingLogger) => logger.about('cleanup finished');

describe('a running service', () => {
  it('deletes what is older than it keeps, right after its start and then every interval', async () => {
    const archive = join(temporaryFolder(), 'archive');
    const before = await RunningService.start({ toml: toml(archive) });
    await before.prover().deliver(before.report(2), before.report(3));
    const first = await before.nextSet();
    const second = await before.nextSet();
    expect([first.state, second.state]).toEqual(['verified', 'verified']);
    await before.clock.advance(2 * DAY_MS + BLOCK_MS);
    const logger = new RecordingLogger();
    const service = await before.restart({ logger });
    await settle();
    const none = { profiles: 0, reports: 0, weightSets: 0, unlinkedRows: 0 };
    while (finished(logger).length === 0) await settle();
    expect(finished(logger)).toMatchObject([{ ...none, reports: 2 }]);
    await live(service, logger, DAY_MS + HOUR_MS);
    expect(
      finished(logger).filter((line) => 'profiles' in line && line.profiles === 2),
    ).toHaveLength(1);
    expect(service.rows('select * from miner_gpu_profiles')).toEqual([]);
    expect(blocksOf(service)).toContain(first.block);
    await live(service, logger, DAY_MS);
    expect(finished(logger).length).toBeGreaterThan(24);
    while (blocksOf(service).includes(second.block)) await settle();
    expect(blocksOf(service)).not.toContain(first.block);
    expect(blocksOf(service).length).toBeGreaterThan(2);
    await service.stop();
    expect(readdirSync(archive).sort()).toEqual([
      `1-0-${first.block}.json`,
      `1-0-${second.block}.json`,
    ]);
    const [oldest, text] = [first, second].map(({ block }) =>
      readFileSync(join(archive, `1-0-${block}.json`), 'utf8'),
    ) as [string, string];
    const document = documentOf(text);
    expect(replay(document, { digestOf: sha256Hex })).toEqual([]);
    expect(document.sealed.entry.previousDigest).toBe(sha256Hex(entryText(oldest)));
    const [anchor] = service.rows('select block, digest, deleted_count from ledger_anchors');
    expect(anchor).toEqual({
      block: second.block,
      digest: sha256Hex(entryText(text)),
      deleted_count: 2,
    });
  });

  it('deletes nothing while its clock is far ahead of the chain', async () => {
    const logger = new RecordingLogger();
    const service = await RunningService.start({ toml: toml(temporaryFolder()), logger });
    await service.prover().deliver(service.report(2));
    await service.nextSet();
    await service.nextSet();
    const kept = () =>
      ['verification_reports', 'miner_gpu_profiles', 'ledger_entries'].map(
        (table) => service.rows(`select * from ${table}`).length,
      );
    const before = kept();
    // Those that delete take turns of the event loop that nobody counts; the others do not.
    await service.comesTo(() => finished(logger).length === 1);
    await service.clock.advance(HOUR_MS);
    await service.comesTo(() => finished(logger).length === 2);
    await service.clock.advance(9 * HOUR_MS);
    const skipped = () => logger.about('cleanup skipped').length;
    // From the second hour on, every five minutes.
    expect(skipped()).toBe(8 * 12 + 1);
    await service.clock.advance(10 * DAY_MS);
    expect(skipped()).toBe(8 * 12 + 1 + 240 * 12);
    expect(kept()).toEqual(before);
    await service.reach(service.chain.head.block + 1);
    await service.clock.advance(HOUR_MS);
    while (kept()[0] !== 0) await settle();
    expect(skipped()).toBe(8 * 12 + 1 + 240 * 12);
  });
});

/** Lets time pass with a block every hour, so that clock and chain agree, and waits for the cleanup of each. */
async function live(service: RunningService, logger: RecordingLogger, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += HOUR_MS) {
    const rounds = finished(logger).length;
    await service.clock.advance(HOUR_MS);
    await service.reach(service.chain.head.block + 1);
    await service.comesTo(() => finished(logger).length > rounds);
  }
}

function blocksOf(service: RunningService) {
  return service.rows('select block from weight_submissions').map(({ block }) => block);
}

function entryText(document: string): string {
  const [, text = ''] = /^"entry":(.*),$/m.exec(document) ?? [];
  return text;
}
