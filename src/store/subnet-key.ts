/** One subnet and mechanism as the tables that hold what was decided for it are keyed: the same in options, parameters and columns. */
import type { SqliteDatabase } from './sqlite-database.ts';

/** Whose rows a store works with. */
export interface SubnetOptions {
  readonly database: SqliteDatabase;
  readonly netuid: number;
  readonly mecid: number;
}

/** Parameters for `SUBNET_KEY`. */
export type Subnet = [netuid: number, mecid: number];

/** Parameters for `BLOCK_KEY`. */
export type AtBlock = [...Subnet, block: number];

export const SUBNET_KEY = ['netuid', 'mecid'] as const;
export const BLOCK_KEY = [...SUBNET_KEY, 'block'] as const;
