/** Removes the rows of a deleted decision: no weight set is linked to them. Nothing here begins a transaction. */
import { named, type SqliteDatabase } from './sqlite-database.ts';

/** See the top of this file. */
export class UnlinkedRows {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#statements = prepare(database);
  }

  /**
   * Deletes at most so many rows of a decision; its metrics go last, because they lead to the others.
   *
   * @returns how many; 0 when none is left, or when the decision is linked to a weight set.
   */
  delete(metricsId: number, limit: number): number {
    const { unlinked, deletePending, deleteHistory, deleteInputs, deleteMetrics } =
      this.#statements;
    if (unlinked.get(metricsId) === undefined) return 0;
    let count = deletePending.run(metricsId, metricsId, limit).changes;
    if (count < limit) count += deleteHistory.run(metricsId, limit - count).changes;
    if (count < limit) count += deleteInputs.run(metricsId, metricsId, limit - count).changes;
    if (count < limit) count += deleteMetrics.run(metricsId).changes;
    return count;
  }
}

function prepare(database: SqliteDatabase) {
  const metrics = () => database.query('emission_metrics').where(named(['id']));
  const history = () => database.query('weight_allocation_history');
  const inputs = () => database.query('ledger_inputs').where(named(['emission_metrics_id']));
  const pending = () =>
    database.query('pending_weight_history').where(named(['emission_metrics_id']));
  return {
    unlinked: database.statement<[metricsId: number], { id: number }>(
      metrics().select('id').whereNull('weight_submission_id'),
      ['id'],
    ),
    deletePending: database.statement<[metricsId: number, sameMetricsId: number, limit: number]>(
      pending().whereIn('first_pair', pending().select('first_pair').limit(1)).delete(),
      ['emission_metrics_id', 'emission_metrics_id', 'limit'],
    ),
    deleteHistory: database.statement<[metricsId: number, limit: number]>(
      history()
        .whereIn(
          'id',
          history()
            .select('id')
            .where(named(['emission_metrics_id']))
            .limit(1),
        )
        .delete(),
      ['emission_metrics_id', 'limit'],
    ),
    deleteInputs: database.statement<[metricsId: number, sameMetricsId: number, limit: number]>(
      inputs().whereIn('first_uid', inputs().select('first_uid').limit(1)).delete(),
      ['emission_metrics_id', 'emission_metrics_id', 'limit'],
    ),
    deleteMetrics: database.statement<[metricsId: number]>(metrics().delete(), ['id']),
  };
}
