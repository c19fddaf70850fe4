// Original file: proto/assay/v1/operations.proto

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { WeightSet as _assay_v1_WeightSet, WeightSet__Output as _assay_v1_WeightSet__Output } from '../../assay/v1/WeightSet.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Whether the service does its work.
 */
export interface GetStatusResponse {
  /**
   * Version of the service.
   */
  'version'?: (string);
  /**
   * How long it has been up.
   */
  'uptime'?: (_google_protobuf_Duration | null);
  /**
   * Subnet.
   */
  'netuid'?: (number);
  /**
   * Mechanism.
   */
  'mecid'?: (number);
  /**
   * "dev" or "subtensor".
   */
  'chain'?: (string);
  /**
   * Newest block seen.
   */
  'head_block'?: (number | string | Long);
  /**
   * When it was seen.
   */
  'head_time'?: (_google_protobuf_Timestamp | null);
  /**
   * Miners registered at that block.
   */
  'registered_miners'?: (number);
  /**
   * Profiles stored.
   */
  'profiles'?: (number | string | Long);
  /**
   * Miner actors in memory.
   */
  'active_actors'?: (number);
  /**
   * Reports taken since the start that wait for their commit.
   */
  'queued_reports'?: (number | string | Long);
  /**
   * Report streams open.
   */
  'open_streams'?: (number);
  /**
   * Reports since the start, by outcome: "applied", "duplicate", "stale", "refused".
   */
  'reports'?: ({[key: string]: number | string | Long});
  /**
   * Block of the newest weight set that the chain took, 0 before the first.
   */
  'last_weight_set_block'?: (number | string | Long);
  /**
   * First block at which the next one may happen.
   */
  'next_weight_set_block'?: (number | string | Long);
  /**
   * The newest weight set without its vector; absent before the first.
   */
  'last_weight_set'?: (_assay_v1_WeightSet | null);
  /**
   * True while a weight set is under way.
   */
  'is_setting_weights'?: (boolean);
  /**
   * Why no weights are set although they may be due; empty when nothing stands in the way. Withheld weights are decided
   * again by themselves every 10 blocks, and the alarm ends with the first set that the chain takes. After a failure with
   * RETRY_ACTION_STOP, or 5 with RETRY_ACTION_RETRY_NOW in a row, nothing happens until an operator acts: by SetWeights or
   * by a restart. Failures that
   * are tried again at some block are told here once an interval has passed in which the chain took nothing.
   */
  'alarm'?: (string);
  /**
   * Driver names that no category was found for, with how often they were seen since the start, at most 100.
   */
  'unknown_gpu_models'?: ({[key: string]: number | string | Long});
  /**
   * Bytes of the report messages that wait for their commit, as they were on the wire.
   */
  'queued_bytes'?: (number | string | Long);
}

/**
 * Whether the service does its work.
 */
export interface GetStatusResponse__Output {
  /**
   * Version of the service.
   */
  'version': (string);
  /**
   * How long it has been up.
   */
  'uptime': (_google_protobuf_Duration__Output | null);
  /**
   * Subnet.
   */
  'netuid': (number);
  /**
   * Mechanism.
   */
  'mecid': (number);
  /**
   * "dev" or "subtensor".
   */
  'chain': (string);
  /**
   * Newest block seen.
   */
  'head_block': (number);
  /**
   * When it was seen.
   */
  'head_time': (_google_protobuf_Timestamp__Output | null);
  /**
   * Miners registered at that block.
   */
  'registered_miners': (number);
  /**
   * Profiles stored.
   */
  'profiles': (number);
  /**
   * Miner actors in memory.
   */
  'active_actors': (number);
  /**
   * Reports taken since the start that wait for their commit.
   */
  'queued_reports': (number);
  /**
   * Report streams open.
   */
  'open_streams': (number);
  /**
   * Reports since the start, by outcome: "applied", "duplicate", "stale", "refused".
   */
  'reports': ({[key: string]: number});
  /**
   * Block of the newest weight set that the chain took, 0 before the first.
   */
  'last_weight_set_block': (number);
  /**
   * First block at which the next one may happen.
   */
  'next_weight_set_block': (number);
  /**
   * The newest weight set without its vector; absent before the first.
   */
  'last_weight_set': (_assay_v1_WeightSet__Output | null);
  /**
   * True while a weight set is under way.
   */
  'is_setting_weights': (boolean);
  /**
   * Why no weights are set although they may be due; empty when nothing stands in the way. Withheld weights are decided
   * again by themselves every 10 blocks, and the alarm ends with the first set that the chain takes. After a failure with
   * RETRY_ACTION_STOP, or 5 with RETRY_ACTION_RETRY_NOW in a row, nothing happens until an operator acts: by SetWeights or
   * by a restart. Failures that
   * are tried again at some block are told here once an interval has passed in which the chain took nothing.
   */
  'alarm': (string);
  /**
   * Driver names that no category was found for, with how often they were seen since the start, at most 100.
   */
  'unknown_gpu_models': ({[key: string]: number});
  /**
   * Bytes of the report messages that wait for their commit, as they were on the wire.
   */
  'queued_bytes': (number);
}
