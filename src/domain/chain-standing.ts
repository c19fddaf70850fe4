/** What the chain asks of a validator besides what the metagraph says, read at one block. */
export interface ChainStanding {
  /** Where it was read: `dev`, or the endpoint's URL without credentials. */
  readonly endpoint: string;
  /** The chain's software and the version of its rules, for example `node-subtensor 424`. */
  readonly runtime: string;
  /** Which key signs and where it came from, for example `hotkey default of wallet validator (sr25519)`; never a secret. */
  readonly wallet: string;
  readonly block: number;
  readonly blockTimeMs: number;
  /** Whether the subnet exists. */
  readonly hasSubnet: boolean;
  /** Mechanisms 0 to this minus one exist. */
  readonly mechanismCount: number;
  /** Absent when the chain does not tell, or the hotkey has no UID. */
  readonly stake?: StakeStanding;
  readonly commitReveal: CommitRevealStanding;
  /** The newest drand round that the chain has the signature of; absent on a chain without drand. */
  readonly drandRound?: number;
}

/** The validator's stake as the chain compares it with its threshold; both in rao (10⁻⁹ TAO). */
export interface StakeStanding {
  readonly weightRao: bigint;
  readonly thresholdRao: bigint;
}

/** How the subnet takes weights. */
export interface CommitRevealStanding {
  readonly isEnabled: boolean;
  /** The version that the chain asks for. */
  readonly version: number;
  /** Whether Assay can make commitments of that version on this chain. */
  readonly isSupported: boolean;
  /** Epochs from a commitment to its reveal. */
  readonly revealPeriodEpochs: number;
}
