import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, type CategoryKey } from '../../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../../src/domain/ids.ts';
import {
  gpusOfText,
  gpusText,
  holderOfLine,
  minerLine,
  minerOfLine,
} from '../../../src/domain/ledger/miner-line.ts';
import type { MinerFacts } from '../../../src/domain/miner-facts.ts';
import { sampleFacts } from '../../support/ledger-samples.ts';
import { sampleHotkey } from '../../support/profile-samples.ts';

const anyBlock = fc.maxSafeInteger().map(Math.abs);
const anyHotkey = fc.nat().map(sampleHotkey);
const anyCategory = fc.constantFrom(...CATALOGUE);

const anyFacts: fc.Arbitrary<MinerFacts> = fc.record({
  uid: fc.integer({ min: 0, max: 65_535 }).map((uid) => minerUid(uid)),
  hotkey: anyHotkey,
  registeredAtBlock: anyBlock,
  neuron: fc.option(
    fc.record({ hotkey: anyHotkey, registeredAtBlock: anyBlock, isAxonActive: fc.boolean() }),
    { nil: undefined },
  ),
  scoreMicros: fc.integer({ min: 0, max: 1_000_000 }),
  lastObservedAtMs: anyBlock,
  primaryCategory: anyCategory,
  gpus: fc.array(
    fc.record({
      executor: fc.nat(4_096),
      category: anyCategory,
      count: fc.integer({ min: 1, max: 128 }),
      memoryMib: fc.nat(4_194_304),
    }),
    { maxLength: 8 },
  ),
});

describe('the line of a miner', () => {
  it('has the documented form', () => {
    const gpus = [
      { executor: 0, category: 'H100' as CategoryKey, count: 8, memoryMib: 81_559 },
      { executor: 2, category: 'OTHER' as CategoryKey, count: 1, memoryMib: 0 },
    ];
    const [own, next] = [sampleHotkey(7), sampleHotkey(8)];
    expect(minerLine(sampleFacts(7, { gpus }))).toBe(
      `[7,"${own}",100,["${own}",100,1],900000,1767268800000,"H100",[[0,"H100",8,81559],[2,"OTHER",1,0]]]`,
    );
    const neuron = { hotkey: next, registeredAtBlock: 101, isAxonActive: false };
    expect(minerLine(sampleFacts(7, { gpus: [], neuron }))).toBe(
      `[7,"${own}",100,["${next}",101,0],900000,1767268800000,"H100",[]]`,
    );
    expect(minerLine(sampleFacts(7, { gpus: [], neuron: undefined }))).toBe(
      `[7,"${own}",100,null,900000,1767268800000,"H100",[]]`,
    );
  });

  it('gives the miner back, and is one line of ASCII', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const line = minerLine(facts);
        expect(minerOfLine(line)).toEqual(facts);
        expect(line).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });

  const line = minerLine(sampleFacts(7));
  it.each([
    ['the line is not JSON', line.slice(0, -1), ''],
    ['a miner is not a list', '{}', 'null', '7'],
    ['is an integer from 0 to 65535', line.replace('[7,', '[65536,')],
    ['the UID is not an integer', line.replace('[7,', '[-1,'), line.replace('[7,', '["7",'), '[]'],
    ['miner_hotkey: nobody is refused', line.replace(sampleHotkey(7), 'nobody')],
    ['the hotkey is not a text', line.replace(`"${sampleHotkey(7)}",100,[`, '7,100,[')],
    ['the block of the registration is not', line.replace(',100,[', ',0.5,[')],
    ['the neuron is not a list', line.replace(/\["5z+H",100,1\]/, '1')],
    ["the neuron's hotkey is not", line.replace(/\["5z+H",100,1\]/, '[]')],
    ["the block of the neuron's registration", line.replace('",100,1]', '",null,1]')],
    ['whether an axon is announced', line.replace('",100,1]', '",100,true]')],
    ['the score is not', line.replace('900000', '9007199254740992')],
    ['the time of the observation is not', line.replace('1767268800000', '"now"')],
    ['the primary category is not a text', line.replace('"H100",[[', '1,[[')],
    ['the list of GPUs is not', line.replace('[[0,"H100",8,81559]]', 'null')],
    ['a group of GPUs is not', line.replace('[[0,"H100",8,81559]]', '[0]')],
    ['the number of a machine is not', line.replace('[[0,', '[[-1,')],
    ['the category of GPUs is not', line.replace('[[0,"H100"', '[[0,0')],
    ['the count of GPUs is not', line.replace('8,81559', '1.5,81559')],
    ['the memory of GPUs is not', line.replace('8,81559', '8')],
    [
      'more than a miner or another form',
      line.replace('"H100",[[', '"H100", [['),
      line.replace('",100,1]', '",100,2]'),
      line.replace('",100,1]', '",100,1,0]'),
      line.replace('81559]', '81559,1]'),
      line.replace('900000', '9e5'),
      line.replace(/\]$/, ',0]'),
      `${line}\n`,
    ],
  ])('is refused when it is damaged: %s', (reason, ...damaged) => {
    for (const text of damaged) expect(() => minerOfLine(text), text).toThrow(reason);
  });

  it('is refused when one character of it is lost or another one', () => {
    fc.assert(
      fc.property(anyFacts, fc.nat(), fc.constantFrom('', ' ', ']', '0', 'A'), (facts, at, put) => {
        const whole = minerLine(facts);
        const place = at % whole.length;
        const damaged = whole.slice(0, place) + put + whole.slice(place + 1);
        fc.pre(damaged !== whole);
        const read = readOrUndefined(damaged);
        // What still is a miner's line is another miner's.
        if (read !== undefined) expect(read).not.toEqual(facts);
      }),
    );
  });
});

function readOrUndefined(line: string): MinerFacts | undefined {
  try {
    return minerOfLine(line);
  } catch {
    return undefined;
  }
}

describe('a part of the line of a miner', () => {
  it('gives its part of the miner back', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { uid, hotkey, gpus } = facts;
        expect(holderOfLine(minerLine(facts))).toEqual({ uid, hotkey });
        expect(gpusOfText(gpusText(gpus))).toEqual(gpus);
      }),
    );
  });

  it.each([
    '',
    '[]',
    '[7]',
    '[-1,"5Grw",0]',
    `["7","${sampleHotkey(7)}",0]`,
    `[7,"${sampleHotkey(7)}"]`,
  ])('is refused as UID and hotkey: %j', (line) => {
    expect(() => holderOfLine(line)).toThrow('the line does not begin with a UID and a hotkey');
  });

  it('is refused with a UID or a hotkey that cannot be', () => {
    expect(() => holderOfLine(`[65536,"${sampleHotkey(7)}",0]`)).toThrow('miner_uid');
    expect(() => holderOfLine('[7,"nobody",0]')).toThrow('miner_hotkey');
  });

  it.each([
    ['[[0,"H100",8,81559] ]', 'the list of GPUs has another form'],
    ['[[0,"H100",8,81559,1]]', 'the list of GPUs has another form'],
    ['[[0,"H100",-8,81559]]', 'the count of GPUs is not an integer'],
    ['{}', 'the list of GPUs is not a list'],
    ['[', 'the list of GPUs is not JSON'],
  ])('is refused as GPUs: %j', (text, rule) => {
    expect(() => gpusOfText(text)).toThrow(rule);
  });
});
