import type { ServiceBusClient } from '@azure/service-bus';
import type { AppSettings } from '../app-settings.ts';

export type ServiceBusConnection =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | { readonly kind: 'identity'; readonly fullyQualifiedNamespace: string };

/**
 * What the `connection` of a binding stands for: the setting of that name, or with `AzureWebJobs` before it, holds a
 * connection string, or `<name>__fullyQualifiedNamespace` a namespace to enter with the app's identity.
 *
 * @throws where there is no such setting, naming it.
 */
export function resolveServiceBusConnection(name: string | undefined, env: AppSettings): ServiceBusConnection {
  const names = name === undefined || name === '' ? ['AzureWebJobsServiceBus'] : [name, `AzureWebJobs${name}`];
  for (const setting of names) {
    const connectionString = env[setting];
    if (connectionString) return { kind: 'connectionString', connectionString };
    const fullyQualifiedNamespace = env[`${setting}__fullyQualifiedNamespace`];
    if (fullyQualifiedNamespace) return { kind: 'identity', fullyQualifiedNamespace };
  }
  throw new Error(
    `the app setting "${names[0]}" of its Service Bus connection is not set. Set it to a connection string, or "${names[0]}__fullyQualifiedNamespace" to a namespace.`,
  );
}

/** By itself, the client waits for half a minute before it looks for a lost broker again. */
const retryOptions = { retryDelayInMs: 500, maxRetryDelayInMs: 10_000 };

/** Loads the client only now: most apps have no use for it. */
export async function connectToServiceBus(connection: ServiceBusConnection): Promise<ServiceBusClient> {
  const { RetryMode, ServiceBusClient } = await import('@azure/service-bus');
  const options = { retryOptions: { ...retryOptions, mode: RetryMode.Exponential } };
  if (connection.kind === 'connectionString') return new ServiceBusClient(connection.connectionString, options);
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new ServiceBusClient(connection.fullyQualifiedNamespace, new DefaultAzureCredential(), options);
}
