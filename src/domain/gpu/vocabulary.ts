import { CATALOGUE, type CategoryKey, OTHER } from './catalogue.ts';
import { MODEL_SPELLINGS } from './model-spellings.ts';
import { WordTrie } from './word-trie.ts';

/** Why a device is no whole card of its own, by what its name says. */
export type PartKind = 'slice' | 'laptop' | 'max_q' | 'embedded' | 'mining';

/** What a word of a name means. */
export type WordMeaning =
  | { readonly role: 'model'; readonly category: CategoryKey }
  | { readonly role: 'part'; readonly kind: PartKind }
  /** Brand, form factor, memory type: says nothing about the category. */
  | { readonly role: 'filler' }
  /** A unit of memory, after a number. */
  | { readonly role: 'unit' }
  /** The last letters of a vGPU type, after a number: `A100-40C`. */
  | { readonly role: 'vgpu' };

const GLUED_BRANDS = 'NVIDIA GEFORCE TESLA QUADRO';

const FILLERS = `
  AMD ATI RADEON RADEONPRO INSTINCT AI AIPRO PRO INTEL INTELR CORPORATION
  GPU GRAPHICS DEVICE CARD ACCELERATOR ADAPTER TENSORCORE GENERATION BLACKWELL EDITION SERVER WORKSTATION MAXQWORKSTATION
  PCIE SXM SXM2 SXM3 SXM4 SXM5 SXM6 NVL NVL2 NVL4 NVL8 NVL16 NVL32 NVL36 NVL72 OAM HGX DGXS FHHL SFF DUALSLOT ACTIVE OEM AC PC
  HBM HBM2 HBM2E HBM3 HBM3E HBM4 GDDR5 GDDR5X GDDR6 GDDR6X GDDR7`;

/** The models after the general words exist in laptops (or APUs) only, though their names do not say so. */
const PARTS: Readonly<Record<PartKind, string>> = {
  slice: 'MIG GRID VGPU VF MXGPU SHARED',
  laptop: 'LAPTOP NOTEBOOK MOBILE MX GTX1650TI RTX2050 RTX3000 T500 T2000 QUADROT1000',
  max_q: 'MAXQ',
  embedded: `EMBEDDED DRIVE JETSON TEGRA XAVIER ORIN THOR
    8060S 8050S 8040S 890M 880M 860M 840M 780M 760M 740M 680M 660M`,
  mining: 'CMP P102-100 P104-100 P106-090 P106-100',
};

/** Every word that a GPU name may consist of. */
export const VOCABULARY: WordTrie<WordMeaning> = vocabulary();

function vocabulary(): WordTrie<WordMeaning> {
  const trie = new WordTrie<WordMeaning>();
  for (const brand of words(GLUED_BRANDS)) trie.add(brand, { role: 'filler' }, { isPrefix: true });
  for (const filler of words(FILLERS)) trie.add(filler, { role: 'filler' });
  for (const unit of words('G GB GIB MB MIB')) trie.add(unit, { role: 'unit' });
  for (const letters of words('A B C Q CME')) trie.add(letters, { role: 'vgpu' });
  for (const [kind, list] of Object.entries(PARTS) as [PartKind, string][]) {
    for (const word of words(list)) trie.add(word, { role: 'part', kind });
  }
  for (const category of CATALOGUE) {
    if (category !== OTHER) trie.add(category, { role: 'model', category });
  }
  for (const [spelling, category] of MODEL_SPELLINGS) {
    trie.add(spelling, { role: 'model', category: category as CategoryKey });
  }
  return trie;
}

function words(list: string): readonly string[] {
  return list.trim().split(/\s+/);
}
