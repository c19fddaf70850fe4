/** A card as its driver reports it, and how often simulated machines have it. */
export interface Card {
  readonly model: string;
  readonly memoryMib: number;
  /** Relative frequency among cards of the same list. */
  readonly weight: number;
}

/** Whole cards. The five categories that are paid by default come first and often enough for every one to have miners. */
export const WHOLE_CARDS: readonly Card[] = [
  { model: 'NVIDIA H200', memoryMib: 143_771, weight: 10 },
  { model: 'NVIDIA H100 80GB HBM3', memoryMib: 81_559, weight: 16 },
  { model: 'NVIDIA H100 PCIe', memoryMib: 81_559, weight: 6 },
  { model: 'NVIDIA H100 NVL', memoryMib: 95_830, weight: 2 },
  { model: 'NVIDIA A100-SXM4-80GB', memoryMib: 81_920, weight: 12 },
  { model: 'NVIDIA A100-SXM4-40GB', memoryMib: 40_960, weight: 4 },
  { model: 'NVIDIA A100 80GB PCIe', memoryMib: 81_920, weight: 6 },
  { model: 'NVIDIA GeForce RTX 4090', memoryMib: 24_564, weight: 18 },
  { model: 'NVIDIA GeForce RTX 3090', memoryMib: 24_576, weight: 14 },
  { model: 'NVIDIA GeForce RTX 3090 Ti', memoryMib: 24_564, weight: 2 },
  { model: 'NVIDIA B200', memoryMib: 183_359, weight: 3 },
  { model: 'NVIDIA GH200 480GB', memoryMib: 97_871, weight: 1 },
  { model: 'NVIDIA L40S', memoryMib: 46_068, weight: 5 },
  { model: 'NVIDIA L4', memoryMib: 23_034, weight: 2 },
  { model: 'NVIDIA GeForce RTX 5090', memoryMib: 32_607, weight: 4 },
  { model: 'NVIDIA GeForce RTX 4080 SUPER', memoryMib: 16_376, weight: 1 },
  { model: 'NVIDIA RTX A6000', memoryMib: 49_140, weight: 4 },
  { model: 'NVIDIA RTX 6000 Ada Generation', memoryMib: 49_140, weight: 2 },
  { model: 'NVIDIA RTX PRO 6000 Blackwell Workstation Edition', memoryMib: 97_887, weight: 1 },
  { model: 'NVIDIA A40', memoryMib: 46_068, weight: 2 },
  { model: 'Tesla V100-SXM2-16GB', memoryMib: 16_384, weight: 2 },
  { model: 'Tesla T4', memoryMib: 15_360, weight: 2 },
  { model: 'AMD Instinct MI300X', memoryMib: 196_592, weight: 1 },
];

/** Parts of cards, which count for nobody's category. */
export const SLICES: readonly Card[] = [
  { model: 'NVIDIA H100 80GB HBM3 MIG 1g.10gb', memoryMib: 9_856, weight: 2 },
  { model: 'NVIDIA H100 80GB HBM3 MIG 3g.40gb', memoryMib: 40_320, weight: 1 },
  { model: 'NVIDIA A100-SXM4-80GB MIG 1g.10gb', memoryMib: 9_728, weight: 2 },
  { model: 'NVIDIA H200 MIG 1g.18gb', memoryMib: 16_384, weight: 1 },
  { model: 'GRID A100-40C', memoryMib: 40_960, weight: 1 },
];

/** Cards of laptops. */
export const LAPTOPS: readonly Card[] = [
  { model: 'NVIDIA GeForce RTX 4090 Laptop GPU', memoryMib: 16_376, weight: 2 },
  { model: 'NVIDIA GeForce RTX 3080 Ti Laptop GPU', memoryMib: 16_384, weight: 1 },
  { model: 'NVIDIA RTX 5000 Ada Generation Laptop GPU', memoryMib: 16_376, weight: 1 },
];

/** Names that no catalogue has. */
export const UNKNOWN_CARDS: readonly Card[] = [
  { model: 'NVIDIA Graphics Device', memoryMib: 24_576, weight: 1 },
  { model: 'NVIDIA X7000', memoryMib: 131_072, weight: 1 },
  { model: 'Accelerator 9', memoryMib: 65_536, weight: 1 },
];
