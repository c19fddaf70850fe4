/**
 * The largest total for which no weight exceeds a limit. Largest remainder is not monotone in the total: one more unit can
 * take a weight down by one. So the totals that fit are not an interval, and there are two answers:
 *
 * - The safe total: the largest one at which no UID could exceed the limit even if each of its shares were rounded up
 *   twice, `Σ ⌈⌈total × pool⌉ × basis / Σ basis⌉ ≤ limit`. That sum is monotone, so the safe total is found by bisection,
 *   and it really fits, because no weight is larger than its share rounded up.
 * - The largest total of all, for populations of up to `SCAN_PAIRS_MAX` pairs (256 miners in six categories): counted down
 *   from above every possible one, each tried until one fits. It costs at most `SCAN_STEPS_MAX` looked-at shares; a search
 *   that is not over by then takes the safe total, and so does every larger population. That one lies below by no more than
 *   two units per category of the heaviest miner in `limit` of them.
 *
 * Only the heaviest UIDs can break the limit: rounding moves a UID's weight by less than two units per part, so whoever
 * is further below the heaviest one than that is not looked at.
 */
import {
  addByUid,
  type Buffers,
  type Division,
  divideTotal,
  type Pool,
  sumByUid,
} from './division.ts';
import { type Share, shareOf } from './exact.ts';
import { divideUnits } from './largest-remainder.ts';

/** Pairs up to which the largest total of all is searched for. */
export const SCAN_PAIRS_MAX = 1_536;

const SCAN_STEPS_MAX = 2_000_000;
const MARGIN = 1e-9;
const NONE = -1;

/** The heaviest UIDs, one row each: whether it is the burn target (0 or −1), then its index within each pool or −1. */
interface Heaviest {
  readonly rows: readonly Int32Array[];
  /** The largest share of one UID in the total, about. */
  readonly share: number;
  /** Units by which rounding can move a weight, at most. */
  readonly drift: number;
}

/** See the top of this file. `limit` is at least 1; every UID's weight at the result, before the floor, is at most that. */
export function largestTotal(division: Division, limit: number, buffers: Buffers): number {
  const heaviest = heaviestOf(division, limit, buffers);
  const safe = safeTotal(division, heaviest, limit);
  const pairCount = division.pools.reduce((sum, pool) => sum + pool.uids.length, 0);
  if (pairCount > SCAN_PAIRS_MAX) return safe;
  const first = Math.floor(((limit + heaviest.drift) / heaviest.share) * (1 + MARGIN));
  let steps = SCAN_STEPS_MAX;
  for (let total = first; total > safe && steps > 0; total -= 1) {
    const verdict = verdictOf(division, heaviest.rows, { total, limit });
    steps -= heaviest.rows.length * (division.pools.length + 1);
    if (verdict === 'fits') return total;
    if (verdict === 'exceeds') continue;
    steps -= pairCount;
    const units = divideTotal(total, division, buffers);
    if (sumByUid(units, division, buffers).largest <= limit) return total;
  }
  return safe;
}

function safeTotal(division: Division, { rows, share, drift }: Heaviest, limit: number): number {
  let fits = Math.max(0, Math.floor(((limit - drift) / share) * (1 - MARGIN)));
  let exceeds = Math.floor((limit / share) * (1 + MARGIN)) + 1;
  while (exceeds - fits > 1) {
    const total = Math.floor((fits + exceeds) / 2);
    if (isSafe(division, rows, { total, limit })) fits = total;
    else exceeds = total;
  }
  return fits;
}

interface Trial {
  readonly total: number;
  readonly limit: number;
}

function isSafe(division: Division, rows: readonly Int32Array[], { total, limit }: Trial): boolean {
  const units = Float64Array.from(division.top.basis, (_, index) =>
    roundedUp(shareOf(total, division.top, index)),
  );
  return rows.every((row) => boundsOf(division, { row, units }).ceiling <= limit);
}

/** Judges a total by its rounded shares alone where they suffice. */
function verdictOf(
  division: Division,
  rows: readonly Int32Array[],
  { total, limit }: Trial,
): 'fits' | 'exceeds' | 'unclear' {
  const units = divideUnits(total, division.top);
  let verdict: 'fits' | 'unclear' = 'fits';
  for (const row of rows) {
    const { floor, ceiling } = boundsOf(division, { row, units });
    if (floor > limit) return 'exceeds';
    if (ceiling > limit) verdict = 'unclear';
  }
  return verdict;
}

/** What a UID gets at least and at most, given the units of the burn and of each pool. */
function boundsOf(
  { pools }: Division,
  { row, units }: { readonly row: Int32Array; readonly units: Float64Array },
): { floor: number; ceiling: number } {
  const burn = row[0] === NONE ? 0 : (units[0] as number);
  let floor = burn;
  let ceiling = burn;
  for (let column = 1; column < row.length; column += 1) {
    const index = row[column] as number;
    if (index === NONE) continue;
    const pool = pools[column - 1] as Pool;
    const share = shareOf(units[column] as number, pool.parts, index);
    floor += share.floor;
    ceiling += roundedUp(share);
  }
  return { floor, ceiling };
}

function roundedUp({ floor, isWhole }: Share): number {
  return isWhole ? floor : floor + 1;
}

function heaviestOf(division: Division, limit: number, { byUid }: Buffers): Heaviest {
  const share = sharesByUid(division, byUid);
  const drift = 2 * (division.pools.length + 1);
  const least = share * ((limit - drift) / (limit + drift)) * (1 - MARGIN);
  return { rows: distinctRows(division, byUid, least), share, drift };
}

/** Writes the share of each UID in the total, in doubles, into `shares`; returns the largest. */
function sharesByUid({ top, pools, burnSlot }: Division, shares: Float64Array): number {
  shares.fill(0);
  const burn = (top.basis[0] as number) / top.sum;
  shares[burnSlot] = burn;
  return pools.reduce((largest, { uids, parts }, index) => {
    const factor = (top.basis[index + 1] as number) / top.sum / parts.sum;
    return Math.max(largest, addByUid(shares, { uids, values: parts.basis }, factor));
  }, burn);
}

/** One row per UID with at least this share; of neighbours that are equal in every pool only the first. */
function distinctRows(division: Division, shares: Float64Array, least: number): Int32Array[] {
  const rows: Int32Array[] = [];
  const next = new Int32Array(division.pools.length);
  let row = new Int32Array(division.pools.length + 1);
  // Whoever has no share is no row, however low the limit is.
  const lowest = Math.max(least, Number.MIN_VALUE);
  for (
    let uid = nextFrom(shares, 0, lowest);
    uid < shares.length;
    uid = nextFrom(shares, uid + 1, lowest)
  ) {
    fillRow(row, division, { uid, next });
    const last = rows.at(-1);
    if (last !== undefined && isEqual(division, row, last)) continue;
    rows.push(row);
    row = row.slice();
  }
  return rows;
}

/** The first UID from `start` on with at least this share, else their number. A loop by itself is a third faster. */
function nextFrom(shares: Float64Array, start: number, least: number): number {
  let uid = start;
  while (uid < shares.length && (shares[uid] as number) < least) uid += 1;
  return uid;
}

function fillRow(
  row: Int32Array,
  { pools, burnSlot }: Division,
  { uid, next }: { readonly uid: number; readonly next: Int32Array },
): void {
  row[0] = uid === burnSlot ? 0 : NONE;
  for (let index = 0; index < pools.length; index += 1) {
    const uids = (pools[index] as Pool).uids;
    let position = next[index] as number;
    while ((uids[position] as number) < uid) position += 1;
    row[index + 1] = uids[position] === uid ? position : NONE;
    next[index] = position;
  }
}

function isEqual({ pools }: Division, a: Int32Array, b: Int32Array): boolean {
  if (a[0] !== b[0]) return false;
  return pools.every(({ parts }, column) => {
    const index = a[column + 1] as number;
    const other = b[column + 1] as number;
    return index === other || parts.basis[index] === parts.basis[other];
  });
}
