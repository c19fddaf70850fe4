/** The four tables of reports in PostgreSQL, and one statement that inserts a batch of reports column by column. */
import {
  EXECUTOR_FIELDS,
  onConflictUpdate,
  type PlainReport,
  PROFILE_FIELDS,
  REPORT_FIELDS,
  RESULT_FIELDS,
  type Row,
} from './plain-insert.ts';

/** The same columns, keys, checks and indexes as in `migrations/schema.sql`. */
export const POSTGRES_SCHEMA = `
create table verification_reports (
  id bigint primary key, prover_id text not null, report_id text not null, digest text not null, outcome text not null,
  miner_uid integer not null, hotkey text not null, registered_at_block bigint not null, observed_time text not null,
  received_time text not null, check (outcome in ('APPLIED', 'STALE')), unique (prover_id, report_id));
create index on verification_reports (received_time);
create table miner_prover_results (
  id bigint generated always as identity primary key,
  verification_report_id bigint not null references verification_reports (id) on delete cascade,
  miner_uid integer not null, executor_id text not null, gpu_model text not null, gpu_category text not null,
  gpu_count integer not null, gpu_memory_mib integer not null,
  gpu_memory_gb integer generated always as ((gpu_memory_mib + 512) / 1024) stored,
  is_valid integer not null, attestation_valid integer not null, hardware_score float8 not null,
  network_bandwidth_mbps float8, verification_timestamp text not null, created_at text not null,
  check (gpu_count >= 0), check (gpu_memory_mib >= 0));
create index on miner_prover_results (miner_uid, verification_timestamp);
create index on miner_prover_results (verification_report_id);
create index on miner_prover_results (verification_timestamp);
create table miner_gpu_profiles (
  miner_uid integer primary key, hotkey text not null, registered_at_block bigint not null, revision bigint not null,
  primary_gpu_model text not null, gpu_counts_json text not null, total_score float8 not null,
  verification_count bigint not null, last_observed_time text not null, last_updated text not null,
  created_at text not null, check (miner_uid between 0 and 65535), check (revision >= 1),
  check (total_score >= 0.0 and total_score <= 1.0), check (verification_count >= 0));
create index on miner_gpu_profiles (primary_gpu_model);
create index on miner_gpu_profiles (total_score desc);
create index on miner_gpu_profiles (last_updated);
create table miner_executors (
  miner_uid integer not null references miner_gpu_profiles (miner_uid) on delete cascade, executor_id text not null,
  is_valid integer not null, attestation_valid integer not null, hardware_score float8 not null,
  network_bandwidth_mbps float8, verified_time text not null, gpus_json text not null,
  primary key (miner_uid, executor_id), check (hardware_score >= 0.0 and hardware_score <= 1.0));
`;

const REPORT_COLUMNS = ['id', ...REPORT_FIELDS];
const RESULT_COLUMNS = ['verification_report_id', ...RESULT_FIELDS];
const BIGINTS = [
  'id',
  'verification_report_id',
  'registered_at_block',
  'revision',
  'verification_count',
];
const FLOATS = ['hardware_score', 'network_bandwidth_mbps', 'total_score'];
const INTEGERS = ['miner_uid', 'gpu_count', 'gpu_memory_mib', 'is_valid', 'attestation_valid'];

/** One insert for each table in one statement, so that a batch is one message there, one back, and one transaction. */
export function batchStatement(): string {
  let parameter = 0;
  const insert = (table: string, columns: readonly string[], rest: string) => {
    const values = columns.map((column) => {
      parameter += 1;
      return `$${parameter}::${typeOf(column)}[]`;
    });
    return `insert into ${table} (${columns.join()}) select * from unnest(${values.join()}) ${rest}`;
  };
  const reports = 'on conflict (prover_id, report_id) do nothing';
  return (
    `with a as (${insert('verification_reports', REPORT_COLUMNS, reports)}), ` +
    `b as (${insert('miner_prover_results', RESULT_COLUMNS, '')}), ` +
    `c as (${insert('miner_gpu_profiles', PROFILE_FIELDS, onConflictUpdate(PROFILE_FIELDS, ['miner_uid']))}) ` +
    insert(
      'miner_executors',
      EXECUTOR_FIELDS,
      onConflictUpdate(EXECUTOR_FIELDS, ['miner_uid', 'executor_id']),
    )
  );
}

/** Its parameters; identifiers of reports begin at `firstId`, so that nobody waits for those that the database gives. */
export function batchParameters(reports: readonly PlainReport[], firstId: number): unknown[][] {
  return [
    ...columnsOf(reports.map(({ report }, index) => [firstId + index, ...report])),
    ...columnsOf(
      reports.flatMap(({ results }, index) => results.map((row) => [firstId + index, ...row])),
    ),
    ...columnsOf(reports.flatMap(({ profile }) => (profile === undefined ? [] : [profile]))),
    ...columnsOf(reports.flatMap(({ executors }) => executors)),
  ];
}

function columnsOf(rows: readonly Row[]): unknown[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]));
}

function typeOf(column: string): string {
  if (BIGINTS.includes(column)) return 'bigint';
  if (FLOATS.includes(column)) return 'float8';
  return INTEGERS.includes(column) ? 'integer' : 'text';
}
