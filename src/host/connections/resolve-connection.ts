import type { AppSettings } from '../app-settings.ts';

export type Connection =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  /** To be entered with the app's identity. */
  | { readonly kind: 'identity'; readonly endpoint: string };

/** How the settings of a service's connections are called. */
export interface ConnectionForm {
  readonly service: string;
  /** The setting that counts where a binding names none, without `AzureWebJobs`. */
  readonly defaultName: string;
  /** What `<name>__<suffix>` holds, and the endpoint that it means. */
  readonly identity: Readonly<Record<string, (value: string) => string>>;
}

const asItIs = (value: string) => value;

export const serviceBusForm: ConnectionForm = {
  service: 'Service Bus',
  defaultName: 'ServiceBus',
  identity: { fullyQualifiedNamespace: asItIs },
};

export const blobForm: ConnectionForm = {
  service: 'blob storage',
  defaultName: 'Storage',
  identity: {
    blobServiceUri: asItIs,
    serviceUri: asItIs,
    accountName: (account) => `https://${account}.blob.core.windows.net`,
  },
};

export const cosmosForm: ConnectionForm = {
  service: 'Cosmos DB',
  defaultName: 'CosmosDB',
  identity: { accountEndpoint: asItIs },
};

/**
 * What the `connection` of a binding stands for: the setting of that name, or with `AzureWebJobs` before it, holds a
 * connection string, or `<name>__<suffix>` an endpoint.
 *
 * @throws where there is no such setting, naming it.
 */
export function resolveConnection(form: ConnectionForm, name: string, env: AppSettings): Connection {
  const names = name === '' ? [`AzureWebJobs${form.defaultName}`] : [name, `AzureWebJobs${name}`];
  for (const setting of names) {
    const connectionString = env[setting];
    if (connectionString) return { kind: 'connectionString', connectionString };
    for (const [suffix, toEndpoint] of Object.entries(form.identity)) {
      const value = env[`${setting}__${suffix}`];
      if (value) return { kind: 'identity', endpoint: toEndpoint(value) };
    }
  }
  const [suffix] = Object.keys(form.identity);
  throw new Error(
    `the app setting "${names[0]}" of its ${form.service} connection is not set. Set it to a connection string, or "${names[0]}__${suffix}" to an endpoint.`,
  );
}
