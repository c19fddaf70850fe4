-- What the migrations make of an empty database. Written by `npm run schema`.

CREATE TABLE `deleted_profiles` (
  `miner_uid` integer not null,
  `revision` bigint not null,
  primary key (`miner_uid`),
  constraint valid_deleted_revision check (revision >= 1)
);

CREATE TABLE `emission_configs` (
  `version` integer not null,
  `digest` text not null,
  `source` text not null,
  `config_json` text not null,
  `created_at` text not null,
  restored_from integer,
  primary key (`version`),
  constraint valid_version check (version >= 1),
  constraint valid_source check (source in ('default', 'file', 'api'))
);

CREATE TABLE `emission_metrics` (
  `id` integer not null primary key autoincrement,
  `weight_submission_id` bigint,
  `timestamp` text not null,
  `burn_amount` bigint not null,
  `burn_percentage` float not null,
  `category_distributions_json` text not null,
  `total_miners` integer not null,
  `weight_set_block` bigint not null,
  `created_at` text not null,
  constraint `fk_emission_metrics_submission` foreign key(`weight_submission_id`) references `weight_submissions`(`id`) on delete CASCADE,
  constraint valid_burn_percentage check (burn_percentage >= 0.0 and burn_percentage <= 100.0),
  constraint valid_total_miners check (total_miners >= 0)
);

CREATE INDEX `idx_emission_metrics_block` on `emission_metrics` (`weight_set_block`);

CREATE INDEX `idx_emission_metrics_submission` on `emission_metrics` (`weight_submission_id`);

CREATE INDEX `idx_emission_metrics_timestamp` on `emission_metrics` (`timestamp`);

CREATE TABLE `ledger_anchors` (
  `netuid` integer not null,
  `mecid` integer not null,
  `block` bigint not null,
  `digest` text not null,
  `deleted_count` bigint not null,
  `updated_time` text not null,
  primary key (`netuid`, `mecid`),
  constraint valid_anchor_digest check (length(digest) = 64),
  constraint valid_deleted_count check (deleted_count >= 1)
);

CREATE TABLE `ledger_entries` (
  `weight_submission_id` bigint not null,
  `netuid` integer not null,
  `mecid` integer not null,
  `block` bigint not null,
  `entry_json` text not null,
  `digest` text not null,
  `previous_digest` text not null,
  constraint `fk_ledger_entries_submission` foreign key(`weight_submission_id`) references `weight_submissions`(`id`) on delete CASCADE,
  primary key (`weight_submission_id`),
  constraint valid_digest check (length(digest) = 64),
  constraint valid_previous_digest check (length(previous_digest) = 64)
);

CREATE UNIQUE INDEX `unique_ledger_entry` on `ledger_entries` (`netuid`, `mecid`, `block`);

CREATE TABLE `ledger_inputs` (
  `emission_metrics_id` bigint not null,
  `first_uid` integer not null,
  `last_uid` integer not null,
  `line_count` integer not null,
  `lines` blob not null,
  constraint `fk_ledger_inputs_metrics` foreign key(`emission_metrics_id`) references `emission_metrics`(`id`) on delete CASCADE,
  primary key (`emission_metrics_id`, `first_uid`),
  constraint valid_uids check (first_uid >= 0 and last_uid >= first_uid),
  constraint valid_line_count check (line_count >= 1)
);

CREATE TABLE `miner_executors` (
  `miner_uid` integer not null,
  `executor_id` text not null,
  `is_valid` integer not null,
  `attestation_valid` integer not null,
  `hardware_score` float not null,
  `network_bandwidth_mbps` float,
  `verified_time` text not null,
  `gpus_json` text not null,
  constraint `fk_executors_profile` foreign key(`miner_uid`) references `miner_gpu_profiles`(`miner_uid`) on delete CASCADE,
  primary key (`miner_uid`, `executor_id`),
  constraint valid_hardware_score check (hardware_score >= 0.0 and hardware_score <= 1.0)
) without rowid;

CREATE TABLE `miner_gpu_profiles` (
  `miner_uid` integer not null,
  `hotkey` text not null,
  `registered_at_block` bigint not null,
  `revision` bigint not null,
  `primary_gpu_model` text not null,
  `gpu_counts_json` text not null,
  `total_score` float not null,
  `verification_count` bigint not null,
  `last_observed_time` text not null,
  `last_updated` text not null,
  `created_at` text not null,
  `counted_gpus_json` text,
  `counted_revision` bigint,
  `oldest_verified_time` text,
  primary key (`miner_uid`),
  constraint valid_miner_uid check (miner_uid >= 0 and miner_uid <= 65535),
  constraint valid_revision check (revision >= 1),
  constraint valid_score check (total_score >= 0.0 and total_score <= 1.0),
  constraint valid_count check (verification_count >= 0)
);

CREATE INDEX `idx_gpu_profiles_model` on `miner_gpu_profiles` (`primary_gpu_model`);

CREATE INDEX idx_gpu_profiles_score on miner_gpu_profiles (total_score desc);

CREATE INDEX `idx_gpu_profiles_updated` on `miner_gpu_profiles` (`last_updated`);

CREATE TABLE `miner_prover_results` (
  `id` integer not null primary key autoincrement,
  `verification_report_id` bigint not null,
  `miner_uid` integer not null,
  `executor_id` text not null,
  `gpu_model` text not null,
  `gpu_category` text not null,
  `gpu_count` integer not null,
  `gpu_memory_mib` integer not null,
  `gpu_memory_gb` integer generated always as ((gpu_memory_mib + 512) / 1024) stored,
  `is_valid` integer not null,
  `attestation_valid` integer not null,
  `hardware_score` float not null,
  `network_bandwidth_mbps` float,
  `verification_timestamp` text not null,
  `created_at` text not null,
  constraint `fk_prover_results_report` foreign key(`verification_report_id`) references `verification_reports`(`id`) on delete CASCADE,
  constraint valid_gpu_count check (gpu_count >= 0),
  constraint valid_gpu_memory check (gpu_memory_mib >= 0)
);

CREATE INDEX `idx_prover_results_miner` on `miner_prover_results` (`miner_uid`, `verification_timestamp`);

CREATE INDEX `idx_prover_results_report` on `miner_prover_results` (`verification_report_id`);

CREATE INDEX `idx_prover_results_timestamp` on `miner_prover_results` (`verification_timestamp`);

CREATE TABLE `pending_weight_history` (
  `emission_metrics_id` bigint not null,
  `first_pair` integer not null,
  `pair_count` integer not null,
  `gpu_category` text not null,
  `first_uid` integer not null,
  `last_uid` integer not null,
  `line_count` integer not null,
  `lines` blob not null,
  constraint `fk_pending_weight_history_metrics` foreign key(`emission_metrics_id`) references `emission_metrics`(`id`) on delete CASCADE,
  primary key (`emission_metrics_id`, `first_pair`),
  constraint valid_pending_uids check (first_uid >= 0 and last_uid >= first_uid),
  constraint valid_pending_line_count check (line_count >= 1),
  constraint valid_pending_pair_count check (pair_count >= first_pair + line_count)
);

CREATE TABLE `signed_extrinsics` (
  `weight_submission_id` bigint not null,
  `call` text not null,
  `weights_json` text not null,
  `is_clipped` integer not null,
  `last_block` bigint not null,
  `commit_ciphertext` blob,
  `commit_digest` text,
  `reveal_round` bigint,
  `reveal_block` bigint,
  `commit_version` integer,
  `signed_time` text not null,
  constraint `fk_signed_extrinsics_submission` foreign key(`weight_submission_id`) references `weight_submissions`(`id`) on delete CASCADE,
  primary key (`weight_submission_id`),
  constraint valid_is_clipped check (is_clipped in (0, 1)),
  constraint valid_last_block check (last_block >= 0),
  constraint valid_commitment check ((commit_ciphertext is null) = (commit_digest is null) and (commit_ciphertext is null) = (reveal_round is null) and (commit_ciphertext is null) = (reveal_block is null) and (commit_ciphertext is null) = (commit_version is null)),
  constraint valid_commit_digest check (commit_digest is null or length(commit_digest) = 66)
);

CREATE TABLE `verification_reports` (
  `id` integer not null primary key autoincrement,
  `prover_id` text not null,
  `report_id` text not null,
  `digest` text not null,
  `outcome` text not null,
  `miner_uid` integer not null,
  `hotkey` text not null,
  `registered_at_block` bigint not null,
  `observed_time` text not null,
  `received_time` text not null,
  constraint valid_outcome check (outcome in ('APPLIED', 'STALE'))
);

CREATE INDEX `idx_verification_reports_received` on `verification_reports` (`received_time`);

CREATE UNIQUE INDEX `unique_verification_report` on `verification_reports` (`prover_id`, `report_id`);

CREATE TABLE `weight_allocation_history` (
  `id` integer not null primary key autoincrement,
  `emission_metrics_id` bigint,
  `miner_uid` integer not null,
  `gpu_category` text not null,
  `gpu_count` integer not null,
  `basis` bigint not null,
  `allocated_weight` bigint not null,
  `miner_score` float not null,
  `category_total_score` float not null,
  `weight_set_block` bigint not null,
  `timestamp` text not null,
  miner_hotkey text not null default '',
  exclusion_reason text,
  constraint `fk_weight_history_metrics` foreign key(`emission_metrics_id`) references `emission_metrics`(`id`) on delete CASCADE,
  constraint valid_weight check (allocated_weight >= 0),
  constraint valid_scores check (miner_score >= 0.0 and category_total_score >= 0.0)
);

CREATE INDEX `idx_weight_history_block` on `weight_allocation_history` (`weight_set_block`);

CREATE INDEX `idx_weight_history_category` on `weight_allocation_history` (`gpu_category`, `weight_set_block`);

CREATE INDEX `idx_weight_history_metrics` on `weight_allocation_history` (`emission_metrics_id`);

CREATE INDEX `idx_weight_history_miner` on `weight_allocation_history` (`miner_uid`, `weight_set_block`);

CREATE INDEX idx_weight_history_shut on weight_allocation_history (emission_metrics_id, gpu_category) where exclusion_reason = 'CATEGORY_BELOW_MIN_MINERS';

CREATE TABLE `weight_submissions` (
  `id` integer not null primary key autoincrement,
  `netuid` integer not null,
  `mecid` integer not null,
  `block` bigint not null,
  `block_hash` text not null,
  `state` text not null,
  `total_weight` bigint not null,
  `weights_json` text not null,
  `burn_uid` integer,
  `burn_weight` bigint not null,
  `burn_unallocated_weight` bigint not null,
  `burn_percentage` float not null,
  `configured_burn_percentage` float not null,
  `categories_json` text not null,
  `exclusions_json` text not null,
  `miners_served` integer not null,
  `emission_config_version` integer not null,
  `version_key` bigint not null,
  `decided_time` text not null,
  `updated_time` text not null,
  `extrinsic_hash` text,
  `failure_reason` text,
  `failure_message` text,
  `failure_action` text,
  `failure_retry_block` bigint,
  `phases_json` text not null,
  burn_configured_weight bigint not null default 0,
  burn_below_minimum_weight bigint not null default 0,
  burn_rounding_weight bigint not null default 0,
  constraint valid_failure_action check (failure_action is null or failure_action in ('retry_now', 'retry_at_block', 'stop')),
  constraint valid_state check (state in ('computed', 'submitted', 'in_block', 'finalized', 'committed', 'revealed', 'verified', 'failed', 'lost')),
  constraint valid_failure check ((state in ('failed', 'lost')) = (failure_reason is not null))
);

CREATE UNIQUE INDEX `unique_weight_submission` on `weight_submissions` (`netuid`, `mecid`, `block`);
