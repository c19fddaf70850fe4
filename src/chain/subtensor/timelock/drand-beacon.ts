/** A drand beacon of scheme bls-unchained-g1-rfc9380: signatures of rounds are points of G1, its key is one of G2. */
export interface DrandBeacon {
  /** 96 bytes, the compressed point. */
  readonly publicKey: Uint8Array;
}

const QUICKNET_PUBLIC_KEY =
  '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c' +
  '8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb' +
  '5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a';

/** drand's quicknet, the beacon of every Subtensor chain. */
export const QUICKNET: DrandBeacon = {
  publicKey: Uint8Array.from(Buffer.from(QUICKNET_PUBLIC_KEY, 'hex')),
};
