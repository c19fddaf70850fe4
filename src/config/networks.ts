/** What is known of a public network of Subtensor, or of a node on this machine. */
interface Network {
  readonly endpoint: string;
  /** Hash of the network's first block; absent where each chain has its own. */
  readonly genesisHash?: string;
}

/** By the names that btcli uses, too. */
export const NETWORKS: ReadonlyMap<string, Network> = new Map([
  [
    'finney',
    {
      endpoint: 'wss://entrypoint-finney.opentensor.ai:443',
      genesisHash: '0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03',
    },
  ],
  [
    'test',
    {
      endpoint: 'wss://test.finney.opentensor.ai:443',
      genesisHash: '0x8f9cf856bf558a14440e75569c9e58594757048d7b3a84b5d25f6bd978263105',
    },
  ],
  ['local', { endpoint: 'ws://127.0.0.1:9944' }],
]);
