/** A normalised GPU model that emission can be allocated to, for example `H100`. */
export type CategoryKey = string & { readonly __brand: 'CategoryKey' };
