/** Never answers. */
export function takePopulation(): Promise<never> {
  return new Promise(() => undefined);
}
