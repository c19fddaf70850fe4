/** Where a copy, or a part of what a database holds, may be written. */
import { AssayError } from '../domain/errors.ts';
import { isSameFile, isThere, placeOf, requireReplaceable, SIDE_SUFFIXES } from './pending-file.ts';

/** The simulated chain's state beside a database: without it, a copied one would meet a chain that knows nothing. */
export const CHAIN_STATE_SUFFIX = '.dev-chain.json';

interface TargetRules {
  /** The database that is read. */
  readonly database: string;
  /** State of the simulated chain, if there is one. */
  readonly chainStateFile?: string | undefined;
  /** Whether files that are there may be overwritten. */
  readonly canReplace: boolean;
}

/**
 * Looks at every file that is to be written, before anything is.
 *
 * @param targets places, as `placeOf` gives them.
 * @throws AssayError `invalid_argument` when one belongs to the database, is something else than a file, or is taken.
 */
export function refuseTargets(targets: readonly string[], rules: TargetRules): void {
  const sources = filesOf(rules);
  for (const target of targets) {
    if (sources.some((source) => isSameFile(source, target))) {
      throw new AssayError('invalid_argument', `${target} is a file of the database itself`);
    }
    requireReplaceable(target);
  }
  const taken = targets.find(isThere);
  if (taken !== undefined && !rules.canReplace) {
    throw new AssayError(
      'invalid_argument',
      `${taken} is there already and stays as it is; --replace overwrites it`,
    );
  }
}

function filesOf({ database, chainStateFile }: TargetRules): readonly string[] {
  const place = placeOf(database);
  const beside = [...SIDE_SUFFIXES, CHAIN_STATE_SUFFIX].map((suffix) => `${place}${suffix}`);
  return [database, ...beside, ...(chainStateFile === undefined ? [] : [chainStateFile])];
}
