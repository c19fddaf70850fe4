/** The checks of what stands between us and the chain: endpoint, clock, wallet, and the chain's own source of drand pulses. */
import { countText, durationText } from './amount-text.ts';
import type { ChainCheckFacts } from './chain-check-facts.ts';
import { type CheckFinding, failed, passed, skipped, warning } from './chain-check-finding.ts';
import { newestDrandRound, QUICKNET_PERIOD_S } from './epoch-schedule.ts';

/** A final block is normally 10 to 40 s old: finality follows two or three blocks of 12 s. */
const BLOCK_AGE_WARNING_MS = 60_000;

/** A chain that lives makes 25 blocks in this time: what is older is not its head. */
const BLOCK_AGE_MAX_MS = 5 * 60_000;

/** Clocks that are kept by NTP agree far better; a block's author may be off by as much again. */
const CLOCK_BEHIND_MAX_MS = 10_000;

/** Rounds that the chain may be behind drand: its offchain workers fetch them in batches, 5 min is none of them. */
const DRAND_ROUNDS_BEHIND_MAX = 100;

/** Where the chain is read and how old its newest final block is by our clock. */
export function endpointCheck({ standing, nowMs }: ChainCheckFacts): CheckFinding {
  const { endpoint, runtime, block, blockTimeMs } = standing;
  const ageMs = nowMs - blockTimeMs;
  const place = `${endpoint} (${runtime}), newest final block ${countText(block)}`;
  if (ageMs < 0) return passed(`${place}, made after the time of this machine's clock`);
  const detail = `${place}, ${ageText(ageMs)} old`;
  if (ageMs <= BLOCK_AGE_WARNING_MS) return passed(detail);
  const remedy =
    'check that the node keeps up with the chain, or use another endpoint; if all of them look that old, set the clock';
  return ageMs <= BLOCK_AGE_MAX_MS ? warning({ detail, remedy }) : failed({ detail, remedy });
}

/**
 * Our clock against the chain's time. No block is of the future, so a clock that is behind one is wrong. A clock that is far
 * ahead of the newest block may be wrong, or the block may not be the newest one: nobody else is asked, so both are said,
 * and the verdict on the block is that of `endpointCheck`.
 */
export function clockCheck({ standing, nowMs }: ChainCheckFacts): CheckFinding {
  const aheadMs = nowMs - standing.blockTimeMs;
  if (aheadMs < -CLOCK_BEHIND_MAX_MS) {
    const detail = `this machine's clock is ${ageText(-aheadMs)} behind the newest final block`;
    return failed({ detail, remedy: 'set the clock of this machine, for example by NTP' });
  }
  if (aheadMs < 0) {
    return passed(`this machine's clock is ${ageText(-aheadMs)} behind the newest final block`);
  }
  const detail = `this machine's clock is ${ageText(aheadMs)} ahead of the newest final block`;
  if (aheadMs <= BLOCK_AGE_WARNING_MS) return passed(detail);
  return warning({
    detail: `${detail}: either the endpoint is behind the chain or the clock is ahead of the time`,
    remedy: 'compare the clock with the time, and the block with that of another endpoint',
  });
}

/** Which key signs. A key that cannot be had ends everything before any check. */
export function walletCheck({ standing, validatorHotkey }: ChainCheckFacts): CheckFinding {
  return passed(`${standing.wallet}, ${validatorHotkey}`);
}

/** Whether the chain has the drand pulses that open commitments, by the time of its own block. */
export function drandCheck({ standing }: ChainCheckFacts): CheckFinding {
  const { commitReveal, drandRound, blockTimeMs } = standing;
  if (!commitReveal.isEnabled) return skipped('weights are not committed, so no pulse is needed');
  if (drandRound === undefined) return skipped('the chain keeps no drand pulses');
  const behind = Math.max(0, newestDrandRound(blockTimeMs) - drandRound);
  const detail = `the chain has drand round ${countText(drandRound)}, ${countText(behind)} behind drand`;
  if (behind <= DRAND_ROUNDS_BEHIND_MAX) return passed(detail);
  const behindText = durationText(behind * QUICKNET_PERIOD_S * 1_000);
  return warning({
    detail: `${detail} (${behindText}): commitments cannot be opened while the chain has no fresh drand pulses`,
    remedy:
      'wait until the chain fetches pulses again; weights that it cannot open in time are lost',
  });
}

/** Whole seconds: a block is dated by its author, seconds before anybody sees it. */
function ageText(ms: number): string {
  return durationText(ms - (ms % 1_000));
}
