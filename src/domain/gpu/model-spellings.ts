/**
 * Other spellings of models, in plain spelling, with their keys: boards that were named before the product, and names that
 * the key does not spell. Where a driver gives one name to two models, the lesser one is taken: nobody is paid for more
 * than the name shows.
 */
export const MODEL_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['PG506-232', 'A100'],
  ['PG509-210', 'A100'],
  ['H20-3E', 'H20'],
  ['RTX3090TI', 'RTX3090'],
  ['RTX4000SFFADA', 'RTX4000ADA'],
  ['RTX6000BLACKWELL', 'RTXPRO6000'],
  ['RTX5000BLACKWELL', 'RTXPRO5000'],
  ['RTX4500BLACKWELL', 'RTXPRO4500'],
  ['RTX4000BLACKWELL', 'RTXPRO4000'],
  ['RTX2000BLACKWELL', 'RTXPRO2000'],
  ['MI300XHF', 'MI300X'],
  ['MI308XHF', 'MI308X'],
  ['MI325', 'MI325X'],
  ['MI350', 'MI350X'],
  ['MI355', 'MI355X'],
  ['MI250XMI250', 'MI250'],
  ['MI60MI50', 'MI50'],
  ['ARCTMPROB70', 'ARCPROB70'],
  ['ARCTMPROB60', 'ARCPROB60'],
  ['ARCTMPROB50', 'ARCPROB50'],
  ['ARCTMB580', 'ARCB580'],
  ['ARCTMA770', 'ARCA770'],
]);
