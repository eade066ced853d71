/** A query that is malformed or asks for something this server cannot answer. */
export class QueryError extends Error {
  constructor(message: string, position?: number) {
    super(position === undefined ? message : `${message} At character ${position + 1} of the query.`);
    this.name = 'QueryError';
  }
}
