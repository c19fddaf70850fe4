// Original file: proto/assay/v1/emission_config.proto

import type { GpuAllocation as _assay_v1_GpuAllocation, GpuAllocation__Output as _assay_v1_GpuAllocation__Output } from '../../assay/v1/GpuAllocation.ts';
import type { UnallocatedPolicy as _assay_v1_UnallocatedPolicy, UnallocatedPolicy__Output as _assay_v1_UnallocatedPolicy__Output } from '../../assay/v1/UnallocatedPolicy.ts';
import type { Attribution as _assay_v1_Attribution, Attribution__Output as _assay_v1_Attribution__Output } from '../../assay/v1/Attribution.ts';
import type { GpuCountPolicy as _assay_v1_GpuCountPolicy, GpuCountPolicy__Output as _assay_v1_GpuCountPolicy__Output } from '../../assay/v1/GpuCountPolicy.ts';
import type { WeightResolution as _assay_v1_WeightResolution, WeightResolution__Output as _assay_v1_WeightResolution__Output } from '../../assay/v1/WeightResolution.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * How emission is divided.
 */
export interface EmissionConfig {
  /**
   * Percentage of the total that is burned, 0 to 100, at most six decimals.
   */
  'burn_percentage'?: (number | string);
  /**
   * The UID that receives the burn, 0 to 65535. Absent: the UID of the subnet owner's hotkey, looked up at every set.
   */
  'burn_uid'?: (number);
  /**
   * By category key; the weights sum to 100 within 0.01.
   */
  'gpu_allocations'?: ({[key: string]: _assay_v1_GpuAllocation});
  /**
   * Blocks between weight sets, at least 1.
   */
  'weight_set_interval_blocks'?: (number | string | Long);
  /**
   * Miners that a category needs before it is paid, at least 1.
   */
  'min_miners_per_category'?: (number);
  /**
   * What happens to the pool of a category that is not paid; BURN when unspecified.
   */
  'unallocated'?: (_assay_v1_UnallocatedPolicy);
  /**
   * Which categories of a miner count; ALL when unspecified.
   */
  'attribution'?: (_assay_v1_Attribution);
  /**
   * Whether a pair's basis grows with its GPUs; LINEAR when unspecified.
   */
  'gpu_count'?: (_assay_v1_GpuCountPolicy);
  /**
   * How large the total is; MAX when unspecified.
   */
  'resolution'?: (_assay_v1_WeightResolution);
  /**
   * Whether each included miner with a positive basis gets at least one unit; true when absent.
   */
  'positive_floor'?: (boolean);
  '_burn_uid'?: "burn_uid";
  '_positive_floor'?: "positive_floor";
}

/**
 * How emission is divided.
 */
export interface EmissionConfig__Output {
  /**
   * Percentage of the total that is burned, 0 to 100, at most six decimals.
   */
  'burn_percentage': (number);
  /**
   * The UID that receives the burn, 0 to 65535. Absent: the UID of the subnet owner's hotkey, looked up at every set.
   */
  'burn_uid'?: (number);
  /**
   * By category key; the weights sum to 100 within 0.01.
   */
  'gpu_allocations': ({[key: string]: _assay_v1_GpuAllocation__Output});
  /**
   * Blocks between weight sets, at least 1.
   */
  'weight_set_interval_blocks': (number);
  /**
   * Miners that a category needs before it is paid, at least 1.
   */
  'min_miners_per_category': (number);
  /**
   * What happens to the pool of a category that is not paid; BURN when unspecified.
   */
  'unallocated': (_assay_v1_UnallocatedPolicy__Output);
  /**
   * Which categories of a miner count; ALL when unspecified.
   */
  'attribution': (_assay_v1_Attribution__Output);
  /**
   * Whether a pair's basis grows with its GPUs; LINEAR when unspecified.
   */
  'gpu_count': (_assay_v1_GpuCountPolicy__Output);
  /**
   * How large the total is; MAX when unspecified.
   */
  'resolution': (_assay_v1_WeightResolution__Output);
  /**
   * Whether each included miner with a positive basis gets at least one unit; true when absent.
   */
  'positive_floor'?: (boolean);
  '_burn_uid'?: "burn_uid";
  '_positive_floor'?: "positive_floor";
}
