/** Status and `code` as the service answers them (REST reference, "HTTP status codes for Azure Cosmos DB"). */
const codes = {
  400: 'BadRequest',
  401: 'Unauthorized',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  412: 'PreconditionFailed',
  413: 'RequestEntityTooLarge',
  424: 'FailedDependency',
  500: 'InternalServerError',
} as const;

export type ErrorStatus = keyof typeof codes;

/** A refusal the client gets to see. Everything else that is thrown becomes a 500. */
export class CosmosError extends Error {
  readonly status: ErrorStatus;
  readonly substatus: number;

  constructor(status: ErrorStatus, message: string, substatus = 0) {
    super(message);
    this.name = 'CosmosError';
    this.status = status;
    this.substatus = substatus;
  }

  get code(): string {
    return codes[this.status];
  }
}

export const badRequest = (message: string, substatus?: number) => new CosmosError(400, message, substatus);

/** 1003 tells the client that the container or database is missing, not the item. */
const ownerNotFound = 1003;

export const resourceNotFound = (what: string) => new CosmosError(404, `${what} does not exist.`);
export const ownerMissing = (what: string) => new CosmosError(404, `${what} does not exist.`, ownerNotFound);
