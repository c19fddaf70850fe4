// Original file: proto/assay/v1/allocation.proto

import type { WeightSetState as _assay_v1_WeightSetState, WeightSetState__Output as _assay_v1_WeightSetState__Output } from '../../assay/v1/WeightSetState.ts';
import type { Weight as _assay_v1_Weight, Weight__Output as _assay_v1_Weight__Output } from '../../assay/v1/Weight.ts';
import type { Burn as _assay_v1_Burn, Burn__Output as _assay_v1_Burn__Output } from '../../assay/v1/Burn.ts';
import type { CategoryAllocation as _assay_v1_CategoryAllocation, CategoryAllocation__Output as _assay_v1_CategoryAllocation__Output } from '../../assay/v1/CategoryAllocation.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { WeightSetFailure as _assay_v1_WeightSetFailure, WeightSetFailure__Output as _assay_v1_WeightSetFailure__Output } from '../../assay/v1/WeightSetFailure.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { SignedExtrinsic as _assay_v1_SignedExtrinsic, SignedExtrinsic__Output as _assay_v1_SignedExtrinsic__Output } from '../../assay/v1/SignedExtrinsic.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One decision about weights, what went to the chain, and what came of it.
 */
export interface WeightSet {
  /**
   * The block at which it was decided; with netuid and mecid its key.
   */
  'block'?: (number | string | Long);
  /**
   * Subnet.
   */
  'netuid'?: (number);
  /**
   * Mechanism.
   */
  'mecid'?: (number);
  /**
   * How far it has come.
   */
  'state'?: (_assay_v1_WeightSetState);
  /**
   * Sum of all weights.
   */
  'total_weight'?: (number | string | Long);
  /**
   * The vector, by rising UID, without zero entries.
   */
  'weights'?: (_assay_v1_Weight)[];
  /**
   * What the burn target receives.
   */
  'burn'?: (_assay_v1_Burn | null);
  /**
   * Every configured category, in the order of the catalogue.
   */
  'categories'?: (_assay_v1_CategoryAllocation)[];
  /**
   * How many (miner, category) pairs were left out, by reason, for example "STALE".
   */
  'exclusions'?: ({[key: string]: number});
  /**
   * When it was decided.
   */
  'decided_time'?: (_google_protobuf_Timestamp | null);
  /**
   * When its state changed last.
   */
  'update_time'?: (_google_protobuf_Timestamp | null);
  /**
   * Version of the emission configuration.
   */
  'emission_config_version'?: (number | string | Long);
  /**
   * Version key sent with the weights.
   */
  'version_key'?: (number | string | Long);
  /**
   * Hash of the extrinsic once it is signed, 0x and 64 hexadecimal digits.
   */
  'extrinsic_hash'?: (string);
  /**
   * Set exactly when the state is FAILED or LOST.
   */
  'failure'?: (_assay_v1_WeightSetFailure | null);
  /**
   * How long each phase took, by name: snapshot, score, apportion, ledger, preflight, submit, read_back.
   */
  'phases'?: ({[key: string]: _google_protobuf_Duration});
  /**
   * What was signed for the chain, stored before it was sent. Absent before that, of a set that was withdrawn before it was
   * signed, and of sets from before such things were kept.
   */
  'extrinsic'?: (_assay_v1_SignedExtrinsic | null);
}

/**
 * One decision about weights, what went to the chain, and what came of it.
 */
export interface WeightSet__Output {
  /**
   * The block at which it was decided; with netuid and mecid its key.
   */
  'block': (number);
  /**
   * Subnet.
   */
  'netuid': (number);
  /**
   * Mechanism.
   */
  'mecid': (number);
  /**
   * How far it has come.
   */
  'state': (_assay_v1_WeightSetState__Output);
  /**
   * Sum of all weights.
   */
  'total_weight': (number);
  /**
   * The vector, by rising UID, without zero entries.
   */
  'weights': (_assay_v1_Weight__Output)[];
  /**
   * What the burn target receives.
   */
  'burn': (_assay_v1_Burn__Output | null);
  /**
   * Every configured category, in the order of the catalogue.
   */
  'categories': (_assay_v1_CategoryAllocation__Output)[];
  /**
   * How many (miner, category) pairs were left out, by reason, for example "STALE".
   */
  'exclusions': ({[key: string]: number});
  /**
   * When it was decided.
   */
  'decided_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * When its state changed last.
   */
  'update_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Version of the emission configuration.
   */
  'emission_config_version': (number);
  /**
   * Version key sent with the weights.
   */
  'version_key': (number);
  /**
   * Hash of the extrinsic once it is signed, 0x and 64 hexadecimal digits.
   */
  'extrinsic_hash': (string);
  /**
   * Set exactly when the state is FAILED or LOST.
   */
  'failure': (_assay_v1_WeightSetFailure__Output | null);
  /**
   * How long each phase took, by name: snapshot, score, apportion, ledger, preflight, submit, read_back.
   */
  'phases': ({[key: string]: _google_protobuf_Duration__Output});
  /**
   * What was signed for the chain, stored before it was sent. Absent before that, of a set that was withdrawn before it was
   * signed, and of sets from before such things were kept.
   */
  'extrinsic': (_assay_v1_SignedExtrinsic__Output | null);
}
