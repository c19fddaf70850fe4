import { describe, expect, it } from 'vitest';
import { ActorFixture, numbered, outcomes, put } from '../support/actor-fixture.ts';
import { A100, sampleExecutor, sampleGpus, sampleHotkey } from '../support/report-samples.ts';

describe('GPU names without a category', () => {
  const named = (...models: string[]) => [
    sampleExecutor({ gpus: models.map((model) => sampleGpus({ model })) }),
  ];

  it('are counted, and reported once per name', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    await outcomes(put(actor, numbered(1, { executors: named('Voodoo 2', A100, 'Voodoo 2') })));
    await outcomes(put(actor, numbered(2, { executors: named('Voodoo 2', 'S3 ViRGE') })));
    expect(Object.fromEntries(fixture.unknownGpus.sightings)).toEqual({
      'Voodoo 2': 3,
      'S3 ViRGE': 1,
    });
    expect(fixture.logger.about('GPU name without a category')).toEqual([
      { model: 'Voodoo 2' },
      { model: 'S3 ViRGE' },
    ]);
  });

  it('are not counted when the report is refused or not stored', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    const executors = named('Voodoo 2');
    await outcomes(put(actor, numbered(1, { executors, hotkey: sampleHotkey(9) })));
    fixture.journal.failNext();
    await Promise.allSettled(put(actor, numbered(2, { executors })));
    expect(fixture.unknownGpus.sightings.size).toBe(0);
  });

  it('are kept up to 100; the rest is passed over', () => {
    const fixture = new ActorFixture();
    for (let number = 0; number < 103; number += 1) fixture.unknownGpus.record(`card ${number}`);
    fixture.unknownGpus.record('card 5');
    expect(fixture.unknownGpus.sightings.size).toBe(100);
    expect(fixture.unknownGpus.sightings.get('card 5')).toBe(2);
    expect(fixture.logger.about('GPU name without a category')).toHaveLength(100);
  });
});
