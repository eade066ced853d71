import { expect, it } from 'vitest';
import { blobForm, resolveConnection, serviceBusForm } from '../../../src/host/connections/resolve-connection.ts';

it('finds a connection by name, with a prefix, or as an endpoint to enter with an identity', () => {
  const byString = { kind: 'connectionString', connectionString: 'Endpoint=x' };
  expect(resolveConnection(serviceBusForm, 'Bus', { Bus: 'Endpoint=x' })).toEqual(byString);
  expect(resolveConnection(serviceBusForm, 'Bus', { AzureWebJobsBus: 'Endpoint=x' })).toEqual(byString);
  expect(resolveConnection(serviceBusForm, '', { AzureWebJobsServiceBus: 'Endpoint=x' })).toEqual(byString);
  expect(resolveConnection(serviceBusForm, 'Bus', { Bus__fullyQualifiedNamespace: 'ns' })).toEqual({
    kind: 'identity',
    endpoint: 'ns',
  });
  expect(resolveConnection(blobForm, '', { AzureWebJobsStorage__accountName: 'box' })).toEqual({
    kind: 'identity',
    endpoint: 'https://box.blob.core.windows.net',
  });
  expect(() => resolveConnection(blobForm, 'Files', {})).toThrow(
    'the app setting "Files" of its blob storage connection is not set. Set it to a connection string, or "Files__blobServiceUri" to an endpoint.',
  );
});
