/**
 * From the name that a driver reports to a category. A name is read from left to right as words of the vocabulary, at
 * each place the longest. It is a whole card when it has exactly one model, no word that marks a part of a card or
 * another kind of device, and nothing unknown: a name that is only partly understood is not paid. A laptop chip that the
 * driver calls by the very name of a desktop card (as before 2021) cannot be told apart.
 */
import { AssayError } from '../errors.ts';
import { REPORT_LIMITS } from '../report.ts';
import { type CategoryKey, categoryIndex, OTHER } from './catalogue.ts';
import { isDigit, isSeparator, type NameSymbol, plainSpelling, spell } from './spelling.ts';
import { type PartKind, VOCABULARY, type WordMeaning } from './vocabulary.ts';
import { runEnd } from './word-trie.ts';

/**
 * What a name stands for. `full`: a whole card of the catalogue, and only then the category is not `OTHER`. `slice`: a
 * part of a card or a virtual card (MIG, vGPU, GRID, virtual function). `laptop`, `max_q` (Max-Q Design), `embedded`
 * (also graphics inside a processor) and `mining`: another kind of device. `nameless`: the driver has no model name.
 * `unknown`: anything else, also cards that are too small for the catalogue.
 */
export type GpuKind = 'full' | PartKind | 'nameless' | 'unknown';

/** What Assay takes a device name for. */
export interface NormalisedGpu {
  readonly category: CategoryKey;
  readonly kind: GpuKind;
}

/** Says what a driver's name stands for. Never throws; takes time in proportion to the name, and none above the limit. */
export interface GpuNormaliser {
  normalise(name: string): NormalisedGpu;
}

/** Names above this many characters (UTF-16 units) are unknown without being read; reports refuse them anyway. */
export const GPU_NAME_CHARACTERS_MAX = REPORT_LIMITS.modelCharactersMax;

/** Names that are remembered; when full, all are forgotten, so that a flood of new names cannot push out the real ones for good. */
const REMEMBERED_NAMES_MAX = 4_096;

const MEMORY_DIGITS_MAX = 6;
const UNKNOWN: NormalisedGpu = Object.freeze({ category: OTHER, kind: 'unknown' });

/** The most telling first: a MIG slice of a laptop part is a slice. */
const PART_KINDS: readonly PartKind[] = ['slice', 'laptop', 'max_q', 'embedded', 'mining'];

/**
 * Makes a normaliser. `aliases` maps a driver's name (whatever its case and separators) to a key and wins over the tables.
 *
 * @throws AssayError `invalid_argument` when two aliases spell one name and give it different keys.
 * @throws AssertionError when an alias has a key that is not in the catalogue.
 */
export function createGpuNormaliser(aliases: ReadonlyMap<string, CategoryKey>): GpuNormaliser {
  return new TableNormaliser(aliasesBySpelling(aliases));
}

class TableNormaliser implements GpuNormaliser {
  readonly #aliases: ReadonlyMap<string, NormalisedGpu>;
  readonly #remembered = new Map<string, NormalisedGpu>();

  constructor(aliases: ReadonlyMap<string, NormalisedGpu>) {
    this.#aliases = aliases;
  }

  normalise(name: string): NormalisedGpu {
    if (name.length > GPU_NAME_CHARACTERS_MAX) return UNKNOWN;
    const remembered = this.#remembered.get(name);
    if (remembered !== undefined) return remembered;
    const normalised = this.#alias(name) ?? normaliseByTables(name);
    if (this.#remembered.size >= REMEMBERED_NAMES_MAX) this.#remembered.clear();
    this.#remembered.set(name, normalised);
    return normalised;
  }

  #alias(name: string): NormalisedGpu | undefined {
    return this.#aliases.size === 0 ? undefined : this.#aliases.get(plainSpelling(name));
  }
}

function aliasesBySpelling(
  aliases: ReadonlyMap<string, CategoryKey>,
): ReadonlyMap<string, NormalisedGpu> {
  const bySpelling = new Map<string, NormalisedGpu>();
  for (const [name, category] of aliases) {
    categoryIndex(category);
    const spelling = plainSpelling(name);
    const other = bySpelling.get(spelling);
    if (other !== undefined && other.category !== category) {
      throw AssayError.invalid({
        field: `gpu.aliases.${name}`,
        value: category,
        rule: `is the key of every alias that spells the same name, here also ${other.category}`,
      });
    }
    bySpelling.set(spelling, known(category));
  }
  return bySpelling;
}

function known(category: CategoryKey): NormalisedGpu {
  return category === OTHER ? UNKNOWN : { category, kind: 'full' };
}

function normaliseByTables(name: string): NormalisedGpu {
  const symbols = spell(name);
  if (symbols === undefined) return UNKNOWN;
  const reading = new NameReading(symbols);
  while (!reading.isAtEnd) reading.step();
  return reading.result();
}

/** One name being read: where the reading is, and what it found so far. */
class NameReading {
  readonly #symbols: readonly NameSymbol[];
  #at = 0;
  readonly #models: CategoryKey[] = [];
  readonly #parts = new Set<PartKind>();
  #hasUnknown = false;

  constructor(symbols: readonly NameSymbol[]) {
    this.#symbols = symbols;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#symbols.length;
  }

  /** Reads one separator, word, amount of memory or unknown run. */
  step(): void {
    if (isSeparator(this.#symbolAt(this.#at))) {
      this.#at += 1;
      return;
    }
    const match = VOCABULARY.longestAt(this.#symbols, this.#at);
    if (match !== undefined) {
      this.#at = match.end;
      this.#take(match.meaning);
    } else if (!this.#takeNumber()) {
      this.#at = runEnd(this.#symbols, this.#at);
      this.#hasUnknown = true;
    }
  }

  result(): NormalisedGpu {
    const part = PART_KINDS.find((kind) => this.#parts.has(kind));
    if (part !== undefined) return { category: OTHER, kind: part };
    const [category] = this.#models;
    if (this.#hasUnknown || this.#models.length > 1) return UNKNOWN;
    return category === undefined ? { category: OTHER, kind: 'nameless' } : known(category);
  }

  #take(meaning: WordMeaning): void {
    if (meaning.role === 'model') this.#models.push(meaning.category);
    else if (meaning.role === 'part') this.#parts.add(meaning.kind);
    else if (meaning.role !== 'filler') this.#hasUnknown = true;
  }

  /** Takes an amount of memory (`80 GB`), or the end of a vGPU type (`40C` of `A100-40C`). */
  #takeNumber(): boolean {
    if (!isDigit(this.#symbolAt(this.#at))) return false;
    const end = runEnd(this.#symbols, this.#at);
    const match = VOCABULARY.longestAt(this.#symbols, end);
    if (match === undefined) return false;
    if (match.meaning.role === 'unit' && end - this.#at <= MEMORY_DIGITS_MAX) {
      this.#at = match.end;
      return true;
    }
    const isTypeEnd = match.end === this.#symbols.length && this.#models.length > 0;
    if (match.meaning.role !== 'vgpu' || !isTypeEnd) return false;
    this.#at = match.end;
    this.#parts.add('slice');
    return true;
  }

  #symbolAt(index: number): number {
    return this.#symbols[index] as number;
  }
}
