/**
 * Loads the protos once. 64-bit integers arrive as numbers: exact up to 2⁵³ − 1, and larger ones stay larger, so that a
 * range check refuses them. Unknown enum values arrive as numbers.
 */
import { join } from 'node:path';
import { loadPackageDefinition, logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { projectRoot } from '../lib/project-root.ts';
import type { ProtoGrpcType as AllocationTypes } from './generated/allocation.ts';
import type { ProtoGrpcType as EmissionConfigTypes } from './generated/emission_config.ts';
import type { ProtoGrpcType as ErrorDetailsTypes } from './generated/error_details.ts';
import type { ProtoGrpcType as HealthTypes } from './generated/health.ts';
import type { ProtoGrpcType as OperationsTypes } from './generated/operations.ts';
import type { ProtoGrpcType as ProfileTypes } from './generated/profile.ts';
import type { ProtoGrpcType as ReflectionTypes } from './generated/reflection.ts';
import type { ProtoGrpcType as StatusTypes } from './generated/status.ts';
import type { ProtoGrpcType as VerificationTypes } from './generated/verification.ts';

type Packages = AllocationTypes &
  EmissionConfigTypes &
  ErrorDetailsTypes &
  HealthTypes &
  OperationsTypes &
  ProfileTypes &
  ReflectionTypes &
  StatusTypes &
  VerificationTypes;

const FILES = [
  'assay/v1/allocation.proto',
  'assay/v1/emission_config.proto',
  'assay/v1/operations.proto',
  'assay/v1/profile.proto',
  'assay/v1/verification.proto',
  'google/rpc/error_details.proto',
  'google/rpc/status.proto',
  'grpc/health/v1/health.proto',
  'grpc/reflection/v1/reflection.proto',
  'grpc/reflection/v1alpha/reflection.proto',
];

const PROTO_FOLDER = join(projectRoot(), 'proto');

/** The descriptor set of every proto and what it imports, for reflection. */
export const DESCRIPTOR_FILE = join(PROTO_FOLDER, 'descriptor.binpb');

// The library would print on stderr what also reaches the callers as errors.
setLogVerbosity(logVerbosity.NONE);

const definition = loadSync(FILES, {
  includeDirs: [PROTO_FOLDER],
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});

/** Services with their client constructors, and messages with their codecs, by package. */
export const packages = loadPackageDefinition(definition) as unknown as Packages;
