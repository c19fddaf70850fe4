/**
 * How one report changes one profile: pure, so that a batch can be folded, thrown away and folded again.
 *
 * The report is the unit. A report that is not older than the newest applied one replaces every machine that it names,
 * even by an earlier verification of the same machine: the prover's latest word counts as a whole. Every other machine
 * stays until it is older than the time to live, measured at the time of the decision.
 */
import { violation } from './errors.ts';
import { type CategoryKey, OTHER } from './gpu/catalogue.ts';
import { gpuCounts, primaryCategory } from './gpu/distribution.ts';
import type { GpuNormaliser } from './gpu/normalise.ts';
import type { Registration } from './metagraph.ts';
import type { ExecutorProfile, Profile, ProfilePolicy } from './profile.ts';
import { REPORT_LIMITS, type Refusal, type Report } from './report.ts';
import { smoothedScore } from './smoothing.ts';
import { executorProfiles, verificationScore } from './verification.ts';

/** What a report is applied with. */
export interface UpdateContext {
  readonly policy: ProfilePolicy;
  readonly normaliser: GpuNormaliser;
  /** Time of the decision, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** An applied report. */
export interface AppliedReport {
  readonly outcome: 'APPLIED';
  /** The profile after the report; its revision is that of the profile before. */
  readonly next: Profile;
  readonly executors: readonly ExecutorProfile[];
  /** The machines that the report named and that are part of `next`, in the report's order. */
  readonly upserted: readonly ExecutorProfile[];
  /** The machines of the profile before that expired. */
  readonly removedExecutorIds: readonly string[];
}

/** What applying a report comes to. `executors` are the report's machines, categorised, in the report's order. */
type ProfileUpdate =
  | AppliedReport
  | { readonly outcome: 'STALE'; readonly executors: readonly ExecutorProfile[] }
  | { readonly outcome: 'REFUSED'; readonly refusal: Refusal };

/** The profile of a miner of which nothing is known yet, never stored. */
export function emptyProfile(miner: Registration, nowMs: number): Profile {
  return {
    miner: { uid: miner.uid, hotkey: miner.hotkey, registeredAtBlock: miner.registeredAtBlock },
    revision: 0,
    executors: new Map(),
    primaryCategory: primaryCategory(new Map()),
    gpuCounts: new Map(),
    score: 0,
    verificationCount: 0,
    lastObservedAtMs: 0,
    updatedAtMs: nowMs,
  };
}

/**
 * Applies one admitted report (the plan's `update_miner_profile_from_prover_results`): `STALE` when it is older than the
 * newest applied one, `REFUSED` with `LIMIT_EXCEEDED` when the miner would have too many machines, else one EMA step.
 */
export function applyReport(
  profile: Profile,
  report: Report,
  { policy, normaliser, nowMs }: UpdateContext,
): ProfileUpdate {
  const named = executorProfiles(report, normaliser);
  if (report.observedAtMs < profile.lastObservedAtMs) return { outcome: 'STALE', executors: named };
  const oldestMs = nowMs - policy.executorTtlMs;
  const { executors, upserted, removedExecutorIds } = merged(profile.executors, named, oldestMs);
  if (executors.size > REPORT_LIMITS.executorsPerMinerMax) return tooManyExecutors(executors.size);
  const counts = gpuCounts([...executors.values()]);
  const next: Profile = {
    miner: profile.miner,
    revision: profile.revision,
    executors,
    primaryCategory: counts.size === 0 ? profile.primaryCategory : primaryCategory(counts),
    gpuCounts: counts,
    score: nextScore(profile, { sample: verificationScore(report), counts, policy }),
    verificationCount: profile.verificationCount + 1,
    lastObservedAtMs: report.observedAtMs,
    updatedAtMs: nowMs,
  };
  return { outcome: 'APPLIED', next, executors: named, upserted, removedExecutorIds };
}

/** The machines after a report: those that it names, then the others, without what was verified before `oldestMs`. */
function merged(
  known: ReadonlyMap<string, ExecutorProfile>,
  named: readonly ExecutorProfile[],
  oldestMs: number,
): Pick<AppliedReport, 'upserted' | 'removedExecutorIds'> & Pick<Profile, 'executors'> {
  const isFresh = ({ verifiedAtMs }: ExecutorProfile) => verifiedAtMs >= oldestMs;
  const executors = new Map<string, ExecutorProfile>();
  for (const executor of named) executors.set(executor.executorId, executor);
  const removedExecutorIds: string[] = [];
  for (const [id, executor] of known) {
    if (executors.has(id)) continue;
    if (isFresh(executor)) executors.set(id, executor);
    else removedExecutorIds.push(id);
  }
  if (named.every(isFresh)) return { executors, upserted: named, removedExecutorIds };
  for (const executor of named) {
    const { executorId } = executor;
    if (isFresh(executor)) continue;
    executors.delete(executorId);
    if (known.has(executorId)) removedExecutorIds.push(executorId);
  }
  return { executors, upserted: named.filter(isFresh), removedExecutorIds };
}

function nextScore(
  profile: Profile,
  update: {
    readonly sample: number;
    readonly counts: ReadonlyMap<CategoryKey, number>;
    readonly policy: ProfilePolicy;
  },
): number {
  const { sample, counts, policy } = update;
  const startsAgain =
    profile.verificationCount === 0 ||
    (policy.onModelChange === 'reset' && hasChangedModel(profile, counts));
  const previous = startsAgain ? undefined : profile.score;
  return smoothedScore({ previous, sample, alpha: policy.emaAlpha });
}

/**
 * A miner without any valid GPU keeps the model that it had: losing the last GPU and getting it back is no change, and
 * coming back with another model is one. Otherwise one failed verification would start the score again twice, and a
 * failure would be forgotten by the next success. The first GPUs of all are no change either: a score above 0 without
 * a known model was earned with cards of no category.
 */
function hasChangedModel(profile: Profile, counts: ReadonlyMap<CategoryKey, number>): boolean {
  const hadNone =
    profile.gpuCounts.size === 0 && profile.primaryCategory === OTHER && profile.score === 0;
  if (hadNone || counts.size === 0) return false;
  return profile.primaryCategory !== primaryCategory(counts);
}

function tooManyExecutors(count: number): ProfileUpdate {
  const rule = `leaves the miner with at most ${REPORT_LIMITS.executorsPerMinerMax} executors`;
  const broken = violation({ field: 'executors', value: count, rule });
  return { outcome: 'REFUSED', refusal: { reason: 'LIMIT_EXCEEDED', ...broken } };
}
