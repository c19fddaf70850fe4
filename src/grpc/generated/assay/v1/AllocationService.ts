// Original file: proto/assay/v1/allocation.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ExplainWeightRequest as _assay_v1_ExplainWeightRequest, ExplainWeightRequest__Output as _assay_v1_ExplainWeightRequest__Output } from '../../assay/v1/ExplainWeightRequest.ts';
import type { ExplainWeightResponse as _assay_v1_ExplainWeightResponse, ExplainWeightResponse__Output as _assay_v1_ExplainWeightResponse__Output } from '../../assay/v1/ExplainWeightResponse.ts';
import type { GetAllocationStatisticsRequest as _assay_v1_GetAllocationStatisticsRequest, GetAllocationStatisticsRequest__Output as _assay_v1_GetAllocationStatisticsRequest__Output } from '../../assay/v1/GetAllocationStatisticsRequest.ts';
import type { GetAllocationStatisticsResponse as _assay_v1_GetAllocationStatisticsResponse, GetAllocationStatisticsResponse__Output as _assay_v1_GetAllocationStatisticsResponse__Output } from '../../assay/v1/GetAllocationStatisticsResponse.ts';
import type { GetWeightsRequest as _assay_v1_GetWeightsRequest, GetWeightsRequest__Output as _assay_v1_GetWeightsRequest__Output } from '../../assay/v1/GetWeightsRequest.ts';
import type { GetWeightsResponse as _assay_v1_GetWeightsResponse, GetWeightsResponse__Output as _assay_v1_GetWeightsResponse__Output } from '../../assay/v1/GetWeightsResponse.ts';
import type { ListEmissionMetricsRequest as _assay_v1_ListEmissionMetricsRequest, ListEmissionMetricsRequest__Output as _assay_v1_ListEmissionMetricsRequest__Output } from '../../assay/v1/ListEmissionMetricsRequest.ts';
import type { ListEmissionMetricsResponse as _assay_v1_ListEmissionMetricsResponse, ListEmissionMetricsResponse__Output as _assay_v1_ListEmissionMetricsResponse__Output } from '../../assay/v1/ListEmissionMetricsResponse.ts';
import type { ListWeightHistoryRequest as _assay_v1_ListWeightHistoryRequest, ListWeightHistoryRequest__Output as _assay_v1_ListWeightHistoryRequest__Output } from '../../assay/v1/ListWeightHistoryRequest.ts';
import type { ListWeightHistoryResponse as _assay_v1_ListWeightHistoryResponse, ListWeightHistoryResponse__Output as _assay_v1_ListWeightHistoryResponse__Output } from '../../assay/v1/ListWeightHistoryResponse.ts';
import type { PreviewAllocationRequest as _assay_v1_PreviewAllocationRequest, PreviewAllocationRequest__Output as _assay_v1_PreviewAllocationRequest__Output } from '../../assay/v1/PreviewAllocationRequest.ts';
import type { PreviewAllocationResponse as _assay_v1_PreviewAllocationResponse, PreviewAllocationResponse__Output as _assay_v1_PreviewAllocationResponse__Output } from '../../assay/v1/PreviewAllocationResponse.ts';
import type { WatchWeightSetsRequest as _assay_v1_WatchWeightSetsRequest, WatchWeightSetsRequest__Output as _assay_v1_WatchWeightSetsRequest__Output } from '../../assay/v1/WatchWeightSetsRequest.ts';
import type { WatchWeightSetsResponse as _assay_v1_WatchWeightSetsResponse, WatchWeightSetsResponse__Output as _assay_v1_WatchWeightSetsResponse__Output } from '../../assay/v1/WatchWeightSetsResponse.ts';

/**
 * Tells how the subnet's emission was and would be divided.
 */
export interface AllocationServiceClient extends grpc.Client {
  /**
   * Says why a miner got its weight in one weight set, the newest when no block is given: a weight of zero as much as a
   * positive one. NOT_FOUND when there was no weight set at the block or no such UID on the subnet.
   */
  ExplainWeight(argument: _assay_v1_ExplainWeightRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ExplainWeightResponse__Output>): grpc.ClientUnaryCall;
  ExplainWeight(argument: _assay_v1_ExplainWeightRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ExplainWeightResponse__Output>): grpc.ClientUnaryCall;
  ExplainWeight(argument: _assay_v1_ExplainWeightRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ExplainWeightResponse__Output>): grpc.ClientUnaryCall;
  ExplainWeight(argument: _assay_v1_ExplainWeightRequest, callback: grpc.requestCallback<_assay_v1_ExplainWeightResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says why a miner got its weight in one weight set, the newest when no block is given: a weight of zero as much as a
   * positive one. NOT_FOUND when there was no weight set at the block or no such UID on the subnet.
   */
  explainWeight(argument: _assay_v1_ExplainWeightRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ExplainWeightResponse__Output>): grpc.ClientUnaryCall;
  explainWeight(argument: _assay_v1_ExplainWeightRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ExplainWeightResponse__Output>): grpc.ClientUnaryCall;
  explainWeight(argument: _assay_v1_ExplainWeightRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ExplainWeightResponse__Output>): grpc.ClientUnaryCall;
  explainWeight(argument: _assay_v1_ExplainWeightRequest, callback: grpc.requestCallback<_assay_v1_ExplainWeightResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Says what the newest weight set did: burn, categories, miners, and when the next one is due. Before the first weight
   * set the statistics are there with zero blocks and no burn or categories.
   */
  GetAllocationStatistics(argument: _assay_v1_GetAllocationStatisticsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetAllocationStatisticsResponse__Output>): grpc.ClientUnaryCall;
  GetAllocationStatistics(argument: _assay_v1_GetAllocationStatisticsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetAllocationStatisticsResponse__Output>): grpc.ClientUnaryCall;
  GetAllocationStatistics(argument: _assay_v1_GetAllocationStatisticsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetAllocationStatisticsResponse__Output>): grpc.ClientUnaryCall;
  GetAllocationStatistics(argument: _assay_v1_GetAllocationStatisticsRequest, callback: grpc.requestCallback<_assay_v1_GetAllocationStatisticsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Says what the newest weight set did: burn, categories, miners, and when the next one is due. Before the first weight
   * set the statistics are there with zero blocks and no burn or categories.
   */
  getAllocationStatistics(argument: _assay_v1_GetAllocationStatisticsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetAllocationStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getAllocationStatistics(argument: _assay_v1_GetAllocationStatisticsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetAllocationStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getAllocationStatistics(argument: _assay_v1_GetAllocationStatisticsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetAllocationStatisticsResponse__Output>): grpc.ClientUnaryCall;
  getAllocationStatistics(argument: _assay_v1_GetAllocationStatisticsRequest, callback: grpc.requestCallback<_assay_v1_GetAllocationStatisticsResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Returns one weight set, the newest when no block is given. NOT_FOUND when there is none.
   */
  GetWeights(argument: _assay_v1_GetWeightsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetWeightsResponse__Output>): grpc.ClientUnaryCall;
  GetWeights(argument: _assay_v1_GetWeightsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetWeightsResponse__Output>): grpc.ClientUnaryCall;
  GetWeights(argument: _assay_v1_GetWeightsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetWeightsResponse__Output>): grpc.ClientUnaryCall;
  GetWeights(argument: _assay_v1_GetWeightsRequest, callback: grpc.requestCallback<_assay_v1_GetWeightsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns one weight set, the newest when no block is given. NOT_FOUND when there is none.
   */
  getWeights(argument: _assay_v1_GetWeightsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetWeightsResponse__Output>): grpc.ClientUnaryCall;
  getWeights(argument: _assay_v1_GetWeightsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_GetWeightsResponse__Output>): grpc.ClientUnaryCall;
  getWeights(argument: _assay_v1_GetWeightsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_GetWeightsResponse__Output>): grpc.ClientUnaryCall;
  getWeights(argument: _assay_v1_GetWeightsRequest, callback: grpc.requestCallback<_assay_v1_GetWeightsResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Lists what past weight sets came to, newest block first.
   */
  ListEmissionMetrics(argument: _assay_v1_ListEmissionMetricsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListEmissionMetricsResponse__Output>): grpc.ClientUnaryCall;
  ListEmissionMetrics(argument: _assay_v1_ListEmissionMetricsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListEmissionMetricsResponse__Output>): grpc.ClientUnaryCall;
  ListEmissionMetrics(argument: _assay_v1_ListEmissionMetricsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListEmissionMetricsResponse__Output>): grpc.ClientUnaryCall;
  ListEmissionMetrics(argument: _assay_v1_ListEmissionMetricsRequest, callback: grpc.requestCallback<_assay_v1_ListEmissionMetricsResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists what past weight sets came to, newest block first.
   */
  listEmissionMetrics(argument: _assay_v1_ListEmissionMetricsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListEmissionMetricsResponse__Output>): grpc.ClientUnaryCall;
  listEmissionMetrics(argument: _assay_v1_ListEmissionMetricsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListEmissionMetricsResponse__Output>): grpc.ClientUnaryCall;
  listEmissionMetrics(argument: _assay_v1_ListEmissionMetricsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListEmissionMetricsResponse__Output>): grpc.ClientUnaryCall;
  listEmissionMetrics(argument: _assay_v1_ListEmissionMetricsRequest, callback: grpc.requestCallback<_assay_v1_ListEmissionMetricsResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Lists every (miner, category) pair of past weight sets, newest block first, then by category in the order of the
   * catalogue, then by UID. The weights of one miner at one block sum to what it was paid. A weight set of more than 4,000
   * pairs is listed once all of them are in the history, about a second after it was decided; ExplainWeight knows it at once.
   */
  ListWeightHistory(argument: _assay_v1_ListWeightHistoryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListWeightHistoryResponse__Output>): grpc.ClientUnaryCall;
  ListWeightHistory(argument: _assay_v1_ListWeightHistoryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListWeightHistoryResponse__Output>): grpc.ClientUnaryCall;
  ListWeightHistory(argument: _assay_v1_ListWeightHistoryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListWeightHistoryResponse__Output>): grpc.ClientUnaryCall;
  ListWeightHistory(argument: _assay_v1_ListWeightHistoryRequest, callback: grpc.requestCallback<_assay_v1_ListWeightHistoryResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists every (miner, category) pair of past weight sets, newest block first, then by category in the order of the
   * catalogue, then by UID. The weights of one miner at one block sum to what it was paid. A weight set of more than 4,000
   * pairs is listed once all of them are in the history, about a second after it was decided; ExplainWeight knows it at once.
   */
  listWeightHistory(argument: _assay_v1_ListWeightHistoryRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListWeightHistoryResponse__Output>): grpc.ClientUnaryCall;
  listWeightHistory(argument: _assay_v1_ListWeightHistoryRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_ListWeightHistoryResponse__Output>): grpc.ClientUnaryCall;
  listWeightHistory(argument: _assay_v1_ListWeightHistoryRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_ListWeightHistoryResponse__Output>): grpc.ClientUnaryCall;
  listWeightHistory(argument: _assay_v1_ListWeightHistoryRequest, callback: grpc.requestCallback<_assay_v1_ListWeightHistoryResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Calculates what a weight set would give now, under the current configuration or a candidate, and submits nothing. With
   * a candidate it also says what would change.
   */
  PreviewAllocation(argument: _assay_v1_PreviewAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_PreviewAllocationResponse__Output>): grpc.ClientUnaryCall;
  PreviewAllocation(argument: _assay_v1_PreviewAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_PreviewAllocationResponse__Output>): grpc.ClientUnaryCall;
  PreviewAllocation(argument: _assay_v1_PreviewAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_PreviewAllocationResponse__Output>): grpc.ClientUnaryCall;
  PreviewAllocation(argument: _assay_v1_PreviewAllocationRequest, callback: grpc.requestCallback<_assay_v1_PreviewAllocationResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Calculates what a weight set would give now, under the current configuration or a candidate, and submits nothing. With
   * a candidate it also says what would change.
   */
  previewAllocation(argument: _assay_v1_PreviewAllocationRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_PreviewAllocationResponse__Output>): grpc.ClientUnaryCall;
  previewAllocation(argument: _assay_v1_PreviewAllocationRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_assay_v1_PreviewAllocationResponse__Output>): grpc.ClientUnaryCall;
  previewAllocation(argument: _assay_v1_PreviewAllocationRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_assay_v1_PreviewAllocationResponse__Output>): grpc.ClientUnaryCall;
  previewAllocation(argument: _assay_v1_PreviewAllocationRequest, callback: grpc.requestCallback<_assay_v1_PreviewAllocationResponse__Output>): grpc.ClientUnaryCall;

  /**
   * Sends the newest weight set, if there is one, and then every change of state of every later one until the caller
   * leaves. A watcher that does not read is ended with RESOURCE_EXHAUSTED once 256 changes wait for it.
   */
  WatchWeightSets(argument: _assay_v1_WatchWeightSetsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_assay_v1_WatchWeightSetsResponse__Output>;
  WatchWeightSets(argument: _assay_v1_WatchWeightSetsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_assay_v1_WatchWeightSetsResponse__Output>;
  /**
   * Sends the newest weight set, if there is one, and then every change of state of every later one until the caller
   * leaves. A watcher that does not read is ended with RESOURCE_EXHAUSTED once 256 changes wait for it.
   */
  watchWeightSets(argument: _assay_v1_WatchWeightSetsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_assay_v1_WatchWeightSetsResponse__Output>;
  watchWeightSets(argument: _assay_v1_WatchWeightSetsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_assay_v1_WatchWeightSetsResponse__Output>;

}

/**
 * Tells how the subnet's emission was and would be divided.
 */
export interface AllocationServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Says why a miner got its weight in one weight set, the newest when no block is given: a weight of zero as much as a
   * positive one. NOT_FOUND when there was no weight set at the block or no such UID on the subnet.
   */
  ExplainWeight: grpc.handleUnaryCall<_assay_v1_ExplainWeightRequest__Output, _assay_v1_ExplainWeightResponse>;

  /**
   * Says what the newest weight set did: burn, categories, miners, and when the next one is due. Before the first weight
   * set the statistics are there with zero blocks and no burn or categories.
   */
  GetAllocationStatistics: grpc.handleUnaryCall<_assay_v1_GetAllocationStatisticsRequest__Output, _assay_v1_GetAllocationStatisticsResponse>;

  /**
   * Returns one weight set, the newest when no block is given. NOT_FOUND when there is none.
   */
  GetWeights: grpc.handleUnaryCall<_assay_v1_GetWeightsRequest__Output, _assay_v1_GetWeightsResponse>;

  /**
   * Lists what past weight sets came to, newest block first.
   */
  ListEmissionMetrics: grpc.handleUnaryCall<_assay_v1_ListEmissionMetricsRequest__Output, _assay_v1_ListEmissionMetricsResponse>;

  /**
   * Lists every (miner, category) pair of past weight sets, newest block first, then by category in the order of the
   * catalogue, then by UID. The weights of one miner at one block sum to what it was paid. A weight set of more than 4,000
   * pairs is listed once all of them are in the history, about a second after it was decided; ExplainWeight knows it at once.
   */
  ListWeightHistory: grpc.handleUnaryCall<_assay_v1_ListWeightHistoryRequest__Output, _assay_v1_ListWeightHistoryResponse>;

  /**
   * Calculates what a weight set would give now, under the current configuration or a candidate, and submits nothing. With
   * a candidate it also says what would change.
   */
  PreviewAllocation: grpc.handleUnaryCall<_assay_v1_PreviewAllocationRequest__Output, _assay_v1_PreviewAllocationResponse>;

  /**
   * Sends the newest weight set, if there is one, and then every change of state of every later one until the caller
   * leaves. A watcher that does not read is ended with RESOURCE_EXHAUSTED once 256 changes wait for it.
   */
  WatchWeightSets: grpc.handleServerStreamingCall<_assay_v1_WatchWeightSetsRequest__Output, _assay_v1_WatchWeightSetsResponse>;

}

export interface AllocationServiceDefinition extends grpc.ServiceDefinition {
  ExplainWeight: MethodDefinition<_assay_v1_ExplainWeightRequest, _assay_v1_ExplainWeightResponse, _assay_v1_ExplainWeightRequest__Output, _assay_v1_ExplainWeightResponse__Output>
  GetAllocationStatistics: MethodDefinition<_assay_v1_GetAllocationStatisticsRequest, _assay_v1_GetAllocationStatisticsResponse, _assay_v1_GetAllocationStatisticsRequest__Output, _assay_v1_GetAllocationStatisticsResponse__Output>
  GetWeights: MethodDefinition<_assay_v1_GetWeightsRequest, _assay_v1_GetWeightsResponse, _assay_v1_GetWeightsRequest__Output, _assay_v1_GetWeightsResponse__Output>
  ListEmissionMetrics: MethodDefinition<_assay_v1_ListEmissionMetricsRequest, _assay_v1_ListEmissionMetricsResponse, _assay_v1_ListEmissionMetricsRequest__Output, _assay_v1_ListEmissionMetricsResponse__Output>
  ListWeightHistory: MethodDefinition<_assay_v1_ListWeightHistoryRequest, _assay_v1_ListWeightHistoryResponse, _assay_v1_ListWeightHistoryRequest__Output, _assay_v1_ListWeightHistoryResponse__Output>
  PreviewAllocation: MethodDefinition<_assay_v1_PreviewAllocationRequest, _assay_v1_PreviewAllocationResponse, _assay_v1_PreviewAllocationRequest__Output, _assay_v1_PreviewAllocationResponse__Output>
  WatchWeightSets: MethodDefinition<_assay_v1_WatchWeightSetsRequest, _assay_v1_WatchWeightSetsResponse, _assay_v1_WatchWeightSetsRequest__Output, _assay_v1_WatchWeightSetsResponse__Output>
}
