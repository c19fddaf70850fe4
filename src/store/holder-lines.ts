/**
 * The hotkeys of a population as text with a line for each UID, from 0 on; empty where there is no miner. As sixty thousand
 * strings they would take as long to hand to another thread as all the rest of a decision.
 */
import { MINER_UID_MAX } from '../domain/ids.ts';
import { assert } from '../lib/assert.ts';
import { sharedBytes } from '../lib/shared-bytes.ts';
import { TextBytes } from '../lib/text-bytes.ts';

const HELD_RULE = 'every pair belongs to a miner of the input';
const LINE_BREAK = 0x0a;

/** Lines of neighbouring UIDs, each with its line break. */
export class HolderLines {
  readonly #text = new TextBytes();
  #nextUid: number;

  constructor(firstUid: number) {
    this.#nextUid = firstUid;
  }

  /** UIDs come by rising number. */
  add(uid: number, hotkey: string): void {
    assert(uid >= this.#nextUid, 'the UIDs of holders rise');
    this.#skipTo(uid);
    this.#text.add(`${hotkey}\n`);
    this.#nextUid = uid + 1;
  }

  /** The lines up to and with a UID, by default the last that was added; in memory that every thread can read. */
  take(lastUid = -1): Uint8Array {
    this.#skipTo(lastUid + 1);
    return sharedBytes([this.#text.take()]);
  }

  #skipTo(uid: number): void {
    if (uid <= this.#nextUid) return;
    this.#text.add('\n'.repeat(uid - this.#nextUid));
    this.#nextUid = uid;
  }
}

/** The hotkey of the miner at each UID, from the lines of ranges that follow each other; empty where there is none. */
export function holdersOf(lines: readonly Uint8Array[]): readonly string[] {
  return linesOf(Buffer.concat(lines));
}

/** Whoever reads the pairs later looks each holder up: that one is missing must be noticed while the decision is made. */
export function assertHeld(uids: Int32Array, lines: readonly Uint8Array[]): void {
  const isHeld = heldUids(lines);
  for (let row = 0; row < uids.length; row += 1) {
    assert(isHeld[uids[row] as number] === 1, HELD_RULE);
  }
}

/** By UID, 1 where there is a miner. */
function heldUids(lines: readonly Uint8Array[]): Uint8Array {
  const isHeld = new Uint8Array(MINER_UID_MAX + 1);
  let uid = 0;
  for (const part of lines) {
    let start = 0;
    for (let end = part.indexOf(LINE_BREAK); end !== -1; end = part.indexOf(LINE_BREAK, start)) {
      isHeld[uid] = Number(end > start);
      uid += 1;
      start = end + 1;
    }
  }
  return isHeld;
}

/** The hotkey of the miner whose pair it is: a pair is made of a miner only. */
export function holderAt(hotkeyAt: readonly string[], uid: number): string {
  const hotkey = hotkeyAt[uid];
  assert(hotkey !== undefined && hotkey !== '', HELD_RULE);
  return hotkey;
}

/** Lines in ASCII, without their line breaks. */
export function linesOf(text: Buffer): string[] {
  const lines = text.toString('latin1').split('\n');
  assert(lines.pop() === '', 'the last line ends');
  return lines;
}
