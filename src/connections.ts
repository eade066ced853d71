export type Environment = Readonly<Record<string, string | undefined>>;

/** Where an Azure service is: a connection string, or an endpoint that is entered with the app's own identity. */
export type Connection =
  | { readonly kind: 'connection-string'; readonly value: string }
  | { readonly kind: 'identity'; readonly endpoint: string };

/** How the settings of a service look. */
export interface Service {
  readonly connectionString: RegExp;
  readonly example: string;
  /** The property that holds the endpoint, after `NAME__`. */
  readonly property: string;
  readonly endpoint: RegExp;
  readonly endpointExample: string;
}

export const blobService: Service = {
  connectionString: /(^|;)(AccountName=.+;AccountKey=|BlobEndpoint=http|UseDevelopmentStorage=true)/i,
  example: 'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…',
  property: 'blobServiceUri',
  endpoint: /^https?:\/\/./,
  endpointExample: 'https://….blob.core.windows.net',
};

export const cosmosService: Service = {
  connectionString: /^AccountEndpoint=https?:.+;AccountKey=./i,
  example: 'AccountEndpoint=https://…;AccountKey=…',
  property: 'accountEndpoint',
  endpoint: /^https?:\/\/./,
  endpointExample: 'https://….documents.azure.com',
};

export const serviceBusService: Service = {
  connectionString: /^Endpoint=sb:\/\/.+;SharedAccess/i,
  example: 'Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…',
  property: 'fullyQualifiedNamespace',
  endpoint: /^[\w.-]+$/,
  endpointExample: '….servicebus.windows.net, without sb://',
};

/**
 * The convention of Azure Functions: `NAME` holds a connection string, `NAME__property` an endpoint for the app's identity.
 * A connection string holds a key, so no complaint shows it.
 */
export function readConnection(
  set: Environment,
  name: string,
  service: Service,
  problems: string[],
): Connection | undefined {
  const { connectionString, example, property, endpoint, endpointExample } = service;
  const value = set[name];
  if (value !== undefined) {
    if (!connectionString.test(value)) problems.push(`${name} is no connection string: it should look like ${example}`);
    return { kind: 'connection-string', value };
  }
  const address = set[`${name}__${property}`];
  if (address === undefined) return undefined;
  if (!endpoint.test(address))
    problems.push(complain(`${name}__${property}`, set, `it should look like ${endpointExample}`));
  return { kind: 'identity', endpoint: address };
}

/** The third way to name the account of the host: by its name alone. */
export function storageAccount(set: Environment): Connection | undefined {
  const name = set['AzureWebJobsStorage__accountName'];
  return name === undefined ? undefined : { kind: 'identity', endpoint: `https://${name}.blob.core.windows.net` };
}

/** Says which value it was, unless it may hold a key. */
export const complain = (name: string, set: Environment, message: string): string =>
  /(KEY|CONNECTION_STRING)$/.test(name)
    ? `${name}: ${message}`
    : `${name} is ${JSON.stringify(set[name] ?? null)}: ${message}`;
