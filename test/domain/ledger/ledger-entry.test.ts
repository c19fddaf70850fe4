import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/domain/gpu/catalogue.ts';
import { composeEntry } from '../../../src/domain/ledger/compose-entry.ts';
import {
  GENESIS_DIGEST,
  LEDGER_FORMAT,
  sealEntry,
} from '../../../src/domain/ledger/ledger-entry.ts';
import { minerLine } from '../../../src/domain/ledger/miner-line.ts';
import { sha256Hex } from '../../../src/lib/digest.ts';
import { SAMPLE_POLICY, SAMPLE_RULES, sampleContent } from '../../support/ledger-samples.ts';
import { sampleAllocation, sampleWeightSet } from '../../support/weight-set-samples.ts';

/** The text of `sampleContent`. When it has to change, `LEDGER_FORMAT` has to rise: old entries must stay verifiable. */
const PINNED_TEXT =
  '{"block":360,"block_hash":"0xabababababababababababababababababababababababababababababababab",' +
  '"burn":{"below_minimum_weight":0,"configured_weight":0,"empty_category_weight":13107,' +
  '"rounding_weight":0,"uid":1,"weight":13107},"catalogue":["H200","H100",' +
  '"A100"],"categories":[{"gpu_count":8,"gpu_model":"H200","miner_count":1,' +
  '"total_basis":"7200000","weight_pool":26214},{"gpu_count":8,"gpu_model":"H100",' +
  '"miner_count":1,"total_basis":"7200000","weight_pool":26214},{"gpu_count":0,' +
  '"gpu_model":"A100","miner_count":0,"total_basis":"0","weight_pool":0}],' +
  '"decided_ms":1767268800000,"emission_config_digest":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",' +
  '"emission_config_version":1,"format":1,"input_digest":"a7914fbe6b6b977a0c5065feab7c19418322f635594ceb8b0dfd0dbbbd30ca97",' +
  '"mecid":0,"metagraph_block":358,"metagraph_hash":"0xcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",' +
  '"miner_count":4,"miners_served":2,"netuid":39,"neuron_count":256,"pair_count":4,' +
  '"pairs_digest":"cf6549db9aac0b5a3485be6dfd1430180b99218c7a738856e50f3cd29e5f4328",' +
  '"policy":{"attribution":"all","burn_micro_percent":0,"burn_uid":1,"categories":[{"gpu_model":"H200",' +
  '"min_gpu_count":1,"min_memory_mib":0,"share_micro_percent":40000000},{"gpu_model":"H100",' +
  '"min_gpu_count":1,"min_memory_mib":0,"share_micro_percent":40000000},{"gpu_model":"A100",' +
  '"min_gpu_count":1,"min_memory_mib":0,"share_micro_percent":20000000}],' +
  '"gpu_count":"linear","min_miners_per_category":1,"min_score_micros":0,' +
  '"positive_floor":false,"resolution":"sum","unallocated":"burn"},"previous_digest":"0000000000000000000000000000000000000000000000000000000000000000",' +
  '"rules":{"cutoff_ms":10800000,"executor_ttl_ms":21600000,"now_ms":1767268800000,' +
  '"require_active_axon":true},"total_weight":65535,"version_key":3,"weights_digest":"12ec19d573df555223fb972f8f65a9d964336987a063e648b97a06f3c0b8d1f4"}';
const PINNED_DIGEST = 'b618ef5d0b67039dfa3bce3c2a5edd37e1c8d2501a7913aba5f7d700647d5998';

describe('the text of an entry', () => {
  it('is pinned: another text is another format', () => {
    const { text, digest } = sampleContent().sealed;
    expect(LEDGER_FORMAT).toBe(1);
    expect(text).toBe(PINNED_TEXT);
    expect(digest).toBe(PINNED_DIGEST);
  });

  it('keeps a basis beyond 2⁵³ to the last digit', () => {
    const { entry } = sampleContent().sealed;
    const [first] = entry.categories;
    const category = {
      ...(first as (typeof entry.categories)[number]),
      totalBasis: 2n ** 60n + 1n,
    };
    const { text } = sealEntry({ ...entry, categories: [category] }, sha256Hex);
    expect(text).toContain('"total_basis":"1152921504606846977"');
  });

  it('has no burn target where there is none', () => {
    const { entry } = sampleContent().sealed;
    const policy = { ...entry.policy, burnUid: null };
    const { text } = sealEntry({ ...entry, policy, burn: { ...entry.burn, uid: null } }, sha256Hex);
    expect(JSON.parse(text)).toMatchObject({ policy: { burn_uid: null }, burn: { uid: null } });
  });

  it('gives its digest to whoever has Python', (context) => {
    if (spawnSync('python3', ['--version']).status !== 0) context.skip('python3 is not installed');
    const script = `
import hashlib, json, sys
entry, lines = json.load(sys.stdin)
text = json.dumps(entry, sort_keys=True, separators=(',', ':'))
print(hashlib.sha256(text.encode()).hexdigest())
print(hashlib.sha256(''.join(json.dumps(line, separators=(',', ':')) + chr(10) for line in lines).encode()).hexdigest())
`;
    const { sealed, miners } = sampleContent();
    const input = `[${sealed.text},[${miners.map(minerLine).join(',')}]]`;
    const written = execFileSync('python3', ['-c', script], { input, encoding: 'utf8' });
    expect(written.trim().split('\n')).toEqual([sealed.digest, sealed.entry.inputDigest]);
  });
});

describe('a composed entry', () => {
  it('says what was decided, from what, and carries the digests', () => {
    const set = sampleWeightSet({ mecid: 2 });
    const allocation = sampleAllocation();
    const entry = composeEntry(
      {
        set,
        allocation,
        rules: SAMPLE_RULES,
        policy: SAMPLE_POLICY,
        metagraph: { block: 358, blockHash: '0xcd', neuronCount: 256 },
        emissionConfigDigest: 'digest of the configuration',
        inputDigest: 'digest of the miners',
        minerCount: 5,
      },
      {
        pairsDigest: 'digest of the pairs',
        weightsDigest: 'digest of the vector',
        previousDigest: GENESIS_DIGEST,
      },
    );
    expect(entry).toEqual({
      format: LEDGER_FORMAT,
      netuid: 39,
      mecid: 2,
      block: 360,
      blockHash: set.blockHash,
      metagraphBlock: 358,
      metagraphHash: '0xcd',
      neuronCount: 256,
      emissionConfigVersion: 1,
      emissionConfigDigest: 'digest of the configuration',
      versionKey: 3,
      decidedAtMs: set.decidedAtMs,
      rules: SAMPLE_RULES,
      policy: SAMPLE_POLICY,
      catalogue: CATALOGUE,
      totalWeight: 1_000,
      minersServed: 2,
      minerCount: 5,
      pairCount: 3,
      burn: allocation.burn,
      categories: [
        {
          category: 'H100',
          minerCount: 2,
          gpuCount: 12,
          totalBasis: 9_007_199_254_740_993n,
          weightPool: 900,
        },
      ],
      inputDigest: 'digest of the miners',
      pairsDigest: 'digest of the pairs',
      weightsDigest: 'digest of the vector',
      previousDigest: GENESIS_DIGEST,
    });
  });
});
