/** How one step of a removal is bounded. */
interface RemovalStep<Parent> {
  /** Rows, with those that go with them, after which the step takes no further parent: groups of reports wait while they go. */
  readonly rowsMax: number;
  /** Rows that go with a parent; asked only for those that the step comes to. */
  readonly childrenOf: (parent: Parent) => number;
  readonly remove: (parent: Parent) => void;
}

/** Removes parents in their order until the step has enough rows, at least one. Returns how many parents went. */
export function removeWithChildren<Parent>(
  parents: readonly Parent[],
  { rowsMax, childrenOf, remove }: RemovalStep<Parent>,
): number {
  let rows = 0;
  let count = 0;
  for (const parent of parents) {
    const children = childrenOf(parent);
    if (count > 0 && rows + children >= rowsMax) break;
    remove(parent);
    rows += 1 + children;
    count += 1;
  }
  return count;
}
