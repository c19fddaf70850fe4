/**
 * The catalogue of GPU models as one table. A model has a key when it is a whole card, or a superchip, that someone could
 * rent out for compute: the vendor's data-centre, workstation and desktop models. Form factor (PCIe, SXM, OAM, SFF) and
 * memory make no key of their own. There is no key for what exists only in laptops or on embedded boards, for mining
 * cards, for converged GPU-and-network boards (A100X, AX800), and for the T series (T400 to T1000): small display cards
 * that share their names with laptop parts.
 */
import { present } from '../../lib/assert.ts';
import { editDistance } from './edit-distance.ts';
import { MODEL_SPELLINGS } from './model-spellings.ts';
import { plainSpelling } from './spelling.ts';

/** A normalised GPU model that emission can be allocated to, for example `H100`. */
export type CategoryKey = string & { readonly __brand: 'CategoryKey' };

/** What everything that is no whole card of the catalogue belongs to. */
export const OTHER = 'OTHER' as CategoryKey;

const MOST_VALUABLE_FIRST = `
  GB300 B300 GB200 B200 B100 MI355X MI350X GH200 H200 MI325X L20X H100 MI300X MI300A H800 L20Y MI308X H20
  RTXPRO6000 RTXPRO6000D RTX6000D A100 A800 MI250X MI250 RTXPRO5000 L40S RTX6000ADA L40 RTX5880ADA
  RTX5090 RTX5090D RTX5090DV2 RTX4090 RTX4090D RTXA6000 A40 L20 RTX5000ADA RTXPRO4500 MI210 A30 GB10
  W7900 R9700 RTX4500ADA RTXPRO4000 RTXA5500 RTX3090 RTXA5000 RTX5080 RTX4080SUPER RTX4080 MI100
  V100S V100 A10G A10 A10M RTX8000 L4 RTX4000ADA RTXA4500 RTX5070TI RTX4070TISUPER RX7900XTX RTX4070TI RTX3080TI
  RTX3080 W7800 ARCPROB70 RX9070XT RX7900XT RTX5070 RTX4070SUPER RTX4070 RX7900GRE RX9070 RTX6000 GV100 TITANRTX
  RTXA4000 RTXA4000H RTXPRO2000 V710 V620 A16 ARCPROB60 W6800 RX7800XT RX6950XT RX6900XT RX6800XT RX6800
  RTX5060TI RTX4060TI RTX3070TI RTX3070 RTX2080TI RTX2000ADA RTX2000EADA RTX5000 T4 T4G A2 L2
  RX9060XT RX7700XT RX7600XT RX6700XT RTX5060 RTX4060 RTX3060TI RTX3060 ARCB580 ARCA770 ARCPROB50
  TITANV MI60 MI50 RADEONPROVII RADEONVII P40 P100 GP100 P6000 RTX2080SUPER RTX2080 RTX2070SUPER RTX2070
  RTX4000 RTXA2000 RTX5050 RTX3050 RTX2060SUPER RTX2060 TITANXP GTX1080TI P5000 M40 RTXA1000
  GTX1080 GTX1070TI GTX1070 P6 P4000 P4 MI25 M60 M10 M6 RTXA400
  GTX1660TI GTX1660SUPER GTX1660 GTX1060 GTX1650SUPER GTX1650 GTX1630`;

/** Every key, the most valuable first (by what such a GPU is rented for), `OTHER` last. A tie goes to the first. */
export const CATALOGUE: readonly CategoryKey[] = Object.freeze([
  ...(MOST_VALUABLE_FIRST.trim().split(/\s+/) as CategoryKey[]),
  OTHER,
]);

const INDEX_BY_KEY: ReadonlyMap<string, number> = new Map(
  CATALOGUE.map((key, index) => [key, index]),
);

/**
 * Where `key` is in the catalogue.
 *
 * @throws AssertionError when it is not in the catalogue: keys are checked where they enter.
 */
export function categoryIndex(key: CategoryKey): number {
  return present(INDEX_BY_KEY.get(key), `category ${key} is in the catalogue`);
}

/** Compares two keys by their place in the catalogue, for sorting; keys that it does not have come last, as equals. */
export function compareCategories(a: string, b: string): number {
  return rank(a) - rank(b);
}

function rank(key: string): number {
  return INDEX_BY_KEY.get(key) ?? CATALOGUE.length;
}

/** The key that `text` writes, whatever its case and separators (`rtx-4090`, `RTX PRO 6000`), or `undefined`. */
export function parseCategoryKey(text: string): CategoryKey | undefined {
  if (text.length > KEY_CHARACTERS_MAX) return undefined;
  const key = plainSpelling(text) as CategoryKey;
  return INDEX_BY_KEY.has(key) ? key : undefined;
}

/**
 * The key that `text` probably means, for error messages: that of another spelling of a model (`RTX3090TI`), else the one
 * that is written most alike, the first of the catalogue among equals.
 */
export function nearestCategory(text: string): CategoryKey {
  const written = plainSpelling(text.slice(0, KEY_CHARACTERS_MAX));
  const respelled = MODEL_SPELLINGS.get(written);
  if (respelled !== undefined) return respelled as CategoryKey;
  let nearest = OTHER;
  let smallest = Number.POSITIVE_INFINITY;
  for (const key of CATALOGUE) {
    const distance = editDistance(written, key);
    if (distance >= smallest) continue;
    nearest = key;
    smallest = distance;
  }
  return nearest;
}

/** Far above the longest key with a separator after each character; what is longer cannot be meant as a key. */
const KEY_CHARACTERS_MAX = 64;
