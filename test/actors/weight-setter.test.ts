import { context, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { describe, expect, it } from 'vitest';
import { WEIGHT_SET_PHASES } from '../../src/domain/weight-set.ts';
import { settle } from '../support/manual-clock.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import { rigOf, weightsOf } from '../support/weight-setter-rig.ts';
import {
  COMPUTED_AT_MS,
  OWNER_UID,
  sampleCompute,
  sampleFailure,
} from '../support/weight-setter-samples.ts';

describe('the interval', () => {
  it('begins a set at exactly the block that is due, decided at that head, and verifies it', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    await rig.chain.advanceTo(1_009);
    expect(rig.sets).toEqual([]);
    expect(setter.status()).toMatchObject({ lastSetBlock: 0, nextSetBlock: 1_010 });
    await rig.chain.advance();
    expect(rig.last).toMatchObject({ block: 1_010, state: 'submitted', versionKey: 0 });
    expect(setter.status().isSetting).toBe(true);
    await rig.chain.advance();
    expect(rig.store.states.get(1_010)).toEqual([
      'computed',
      'submitted',
      'in_block',
      'finalized',
      'verified',
    ]);
    expect(weightsOf(rig.last)).toEqual({ 2: 65_535, 3: 65_535 });
    expect(rig.last?.hotkeys).toEqual([sampleHotkey(2), sampleHotkey(3)]);
    expect(setter.status()).toEqual({
      head: rig.chain.head,
      lastSetBlock: 1_010,
      nextSetBlock: 1_030,
      isSetting: false,
      alarm: undefined,
    });
    await rig.chain.advanceTo(1_029);
    expect(rig.sets.length).toBe(1);
    await rig.chain.advance();
    expect(rig.sets.length).toBe(2);
  });

  it('waits for the rate limit of the chain when the interval is shorter', async () => {
    const rig = rigOf({
      config: { weightSetIntervalBlocks: 1 },
      metagraph: { hyperparameters: { weightsRateLimitBlocks: 15 } },
    });
    await rig.start();
    await rig.chain.advanceTo(1_060);
    // The set is taken a block after its decision, and the limit counts from there.
    expect(rig.chain.takenAtBlocks).toEqual([1_006, 1_022, 1_038, 1_054]);
  });

  it('loses nothing when blocks are missed', async () => {
    const rig = rigOf();
    await rig.start();
    await rig.chain.jumpTo(2_000);
    await rig.chain.advance();
    expect(rig.last).toMatchObject({ block: 2_000, state: 'verified' });
    expect(weightsOf(rig.last)).toEqual({ 2: 65_535, 3: 65_535 });
  });

  it('believes the chain when somebody else sets weights with the same key', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    await rig.chain.advanceTo(1_005);
    rig.chain.lastUpdateBlock = 1_005;
    await rig.chain.advanceTo(1_024);
    expect(rig.sets).toEqual([]);
    expect(setter.status().nextSetBlock).toBe(1_025);
    await rig.chain.advance();
    expect(rig.last?.block).toBe(1_025);
  });

  it('has one set at a time: heads that pass during a slow one are skipped', async () => {
    const rig = rigOf();
    rig.chain.inclusionBlocks = () => 30;
    const setter = await rig.start();
    await rig.chain.advanceTo(1_035);
    expect(rig.sets.map(({ block }) => block)).toEqual([1_010]);
    await expect(setter.setNow()).rejects.toMatchObject({ code: 'weight_set_in_progress' });
    await rig.chain.advanceTo(1_040);
    expect(rig.last).toMatchObject({ block: 1_010, state: 'verified' });
    expect(rig.chain.submissions.length).toBe(1);
  });
});

describe('setting weights now', () => {
  it('is refused too early, with the block at which it becomes possible', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    await expect(setter.setNow()).rejects.toMatchObject({
      code: 'weight_set_too_early',
      details: { metadata: { next_block: '1010' } },
    });
    expect(rig.chain.submissions).toEqual([]);
  });

  it('is refused before the first block was seen and after the stop', async () => {
    const rig = rigOf();
    const setter = rig.create();
    await expect(setter.setNow()).rejects.toMatchObject({ code: 'chain_unreachable' });
    await setter.drain();
    await expect(setter.setNow()).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('is refused twice at one block', async () => {
    const rig = rigOf();
    rig.chain.dispatchFailure = sampleFailure({ kind: 'retry_now' });
    const setter = await rig.start();
    rig.store.failing = 'record';
    await rig.chain.advanceTo(1_010);
    await expect(setter.setNow()).rejects.toMatchObject({
      code: 'weight_set_too_early',
      details: { metadata: { next_block: '1011' } },
    });
  });

  it('clears a stop, and answers with what became of the set', async () => {
    const rig = rigOf();
    rig.chain.dispatchFailure = sampleFailure({ kind: 'stop' });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_100);
    expect(setter.status().alarm).toBe('the chain says Scripted');
    expect(rig.sets.length).toBe(1);
    const answer = setter.setNow();
    await settle();
    await rig.chain.advance(2);
    expect(await answer).toMatchObject({ block: 1_100, state: 'verified' });
    expect(setter.status().alarm).toBeUndefined();
  });

  it('throws what kept the set from being decided', async () => {
    const rig = rigOf();
    rig.chain.dispatchFailure = sampleFailure({ kind: 'stop' });
    const setter = await rig.start();
    await rig.chain.advanceTo(1_050);
    rig.chain.unreachable.add('metagraph');
    await expect(setter.setNow()).rejects.toMatchObject({ code: 'chain_unreachable' });
    rig.chain.unreachable.clear();
    await rig.chain.advance(3);
    expect(rig.chain.submissions.length).toBe(2);
  });
});

describe('a preview', () => {
  it('gives the set of now, or of a candidate, and leaves no trace', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    const now = await setter.preview();
    expect(now).toMatchObject({ block: 1_000, state: 'computed', emissionConfigVersion: 1 });
    expect(weightsOf(now)).toEqual({ 2: 65_535, 3: 65_535 });
    const candidate = { ...rig.configs.current().config, burnPercentage: 50 };
    const burned = await setter.preview(candidate);
    expect(burned).toMatchObject({ configuredBurnPercentage: 50, burn: { uid: OWNER_UID } });
    expect(burned.burn.weight / burned.totalWeight).toBeCloseTo(0.5, 4);
    expect(rig.sets).toEqual([]);
    expect(rig.chain.submissions).toEqual([]);
  });

  it('stands at the metagraph before the first head', async () => {
    const setter = rigOf().create();
    expect(await setter.preview()).toMatchObject({ block: 1_000 });
  });
});

describe('watching', () => {
  it('shows the newest set and then every change of state', async () => {
    const rig = rigOf();
    const setter = await rig.start();
    await rig.chain.advanceTo(1_012);
    const end = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { block, state } of setter.watch(end.signal)) seen.push(`${block} ${state}`);
    })();
    await rig.chain.advanceTo(1_031);
    end.abort();
    await watching;
    expect(seen).toEqual([
      '1010 verified',
      '1030 computed',
      '1030 submitted',
      '1030 in_block',
      '1030 finalized',
      '1030 verified',
    ]);
  });
});

describe('the trace', () => {
  it('is one tree with a child for every phase, the worker included', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new NodeTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    provider.register();
    try {
      const rig = rigOf({ compute: sampleCompute('worker'), tracer: provider.getTracer('test') });
      await rig.start();
      await rig.chain.advanceTo(1_012);
      const spans = exporter.getFinishedSpans();
      const root = spans.find(({ name }) => name === 'assay.weight_set');
      expect(root?.attributes).toMatchObject({
        'assay.block': 1_010,
        'assay.netuid': 39,
        'assay.mecid': 0,
        'assay.trigger': 'interval',
      });
      const children = spans.filter(
        ({ parentSpanContext }) => parentSpanContext?.spanId === root?.spanContext().spanId,
      );
      expect(new Set(children.map(({ name }) => name))).toEqual(
        new Set(WEIGHT_SET_PHASES.map((phase) => `assay.weight_set.${phase}`)),
      );
      const apportion = children.find(({ name }) => name.endsWith('apportion'));
      expect(apportion?.startTime).toEqual([COMPUTED_AT_MS / 1_000, 3_000_000]);
      expect(apportion?.endTime).toEqual([COMPUTED_AT_MS / 1_000, 8_000_000]);
      expect(apportion?.attributes).toEqual({ 'assay.place': 'worker' });
      expect(rig.last?.phasesMs.get('apportion')).toBe(5);
    } finally {
      await provider.shutdown();
      trace.disable();
      context.disable();
    }
  });
});
