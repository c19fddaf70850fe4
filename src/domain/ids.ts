import { AssayError } from './errors.ts';

/** A miner's slot on the subnet, an integer from 0 to 65535. It changes hands: never a key for a miner's state by itself. */
export type MinerUid = number & { readonly __brand: 'MinerUid' };

/** An SS58 address of a miner's or validator's hotkey. */
export type Hotkey = string & { readonly __brand: 'Hotkey' };

/** Who streams reports: 1 to 64 characters of A-Z a-z 0-9 . _ : - */
export type ProverId = string & { readonly __brand: 'ProverId' };

/** What a prover calls one of its reports, unique per prover: 1 to 64 characters of A-Z a-z 0-9 . _ : - */
export type ReportId = string & { readonly __brand: 'ReportId' };

/** The largest UID. */
export const MINER_UID_MAX = 65_535;

/** The most characters of a prover's or a report's identifier. */
export const IDENTIFIER_CHARACTERS_MAX = 64;

const IDENTIFIER = new RegExp(`^[A-Za-z0-9._:-]{1,${IDENTIFIER_CHARACTERS_MAX}}$`);
const HOTKEY = /^[1-9A-HJ-NP-Za-km-z]{46,49}$/;

/** @throws AssayError `invalid_argument` when `value` is not an integer from 0 to 65535. */
export function minerUid(value: number, field = 'miner_uid'): MinerUid {
  if (!Number.isInteger(value) || value < 0 || value > MINER_UID_MAX) {
    throw AssayError.invalid({ field, value, rule: 'is an integer from 0 to 65535' });
  }
  return value as MinerUid;
}

/**
 * Checks the form only (base58, 46 to 49 characters); whether the address is that of the miner is decided by comparing
 * it with the metagraph.
 *
 * @throws AssayError `invalid_argument`.
 */
export function hotkey(value: string, field = 'miner_hotkey'): Hotkey {
  if (!HOTKEY.test(value)) {
    throw AssayError.invalid({ field, value, rule: 'is an SS58 address' });
  }
  return value as Hotkey;
}

/** @throws AssayError `invalid_argument` when `value` is not 1 to 64 characters of A-Z a-z 0-9 . _ : - */
export function proverId(value: string, field = 'prover_id'): ProverId {
  return identifier(value, field) as ProverId;
}

/** @throws AssayError `invalid_argument` when `value` is not 1 to 64 characters of A-Z a-z 0-9 . _ : - */
export function reportId(value: string, field = 'report_id'): ReportId {
  return identifier(value, field) as ReportId;
}

function identifier(value: string, field: string): string {
  if (!IDENTIFIER.test(value)) {
    const rule = `is 1 to ${IDENTIFIER_CHARACTERS_MAX} characters of A-Z a-z 0-9 . _ : -`;
    throw AssayError.invalid({ field, value, rule });
  }
  return value;
}
