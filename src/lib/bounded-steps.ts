import { setImmediate } from 'node:timers/promises';

/** Neighbouring rows, the last one excluded. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Works through so many rows, at most `rowsPerStep` at a time; between two steps whatever else waits has its turn. */
export async function inBoundedSteps(
  { rows, rowsPerStep }: { readonly rows: number; readonly rowsPerStep: number },
  step: (range: RowRange) => void,
): Promise<void> {
  for (let from = 0; from < rows; from += rowsPerStep) {
    if (from > 0) await setImmediate();
    step({ from, to: Math.min(rows, from + rowsPerStep) });
  }
}
