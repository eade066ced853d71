import type { TypedData } from '../worker/contract.ts';

export interface DurableClientUrls {
  /** Of the management API, e.g. `http://127.0.0.1:7071/runtime/webhooks/durabletask`. */
  readonly baseUrl: string;
  /** What the client itself calls; ends with a slash. */
  readonly rpcBaseUrl: string;
  readonly hubName: string;
  /** Of the storage, as links name it. */
  readonly connectionName: string;
  /** What every URL carries beside task hub and connection, e.g. `code=key`. */
  readonly linkQuery?: string;
}

/** The value of a durableClient binding, as the Durable extension writes it: the client reads its URLs from there. */
export function createDurableClientInput({
  baseUrl,
  rpcBaseUrl,
  hubName,
  connectionName,
  linkQuery = '',
}: DurableClientUrls): TypedData {
  const hub = `taskHub=${encodeURIComponent(hubName)}&connection=${encodeURIComponent(connectionName)}`;
  const query = [hub, linkQuery].filter(Boolean).join('&');
  const instance = `${baseUrl}/instances/INSTANCEID`;
  const starter = `${baseUrl}/orchestrators/{functionName}[/{instanceId}]`;
  return {
    string: JSON.stringify({
      taskHubName: hubName,
      connectionName: null,
      creationUrls: {
        createNewInstancePostUri: starter + (linkQuery && `?${linkQuery}`),
        createAndWaitOnNewInstancePostUri: `${starter}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}${linkQuery && `&${linkQuery}`}`,
      },
      managementUrls: {
        id: 'INSTANCEID',
        statusQueryGetUri: `${instance}?${query}`,
        sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
        terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
        rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
        purgeHistoryDeleteUri: `${instance}?${query}`,
        restartPostUri: `${instance}/restart?${query}`,
        suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
        resumePostUri: `${instance}/resume?reason={text}&${query}`,
      },
      baseUrl,
      requiredQueryStringParameters: linkQuery,
      rpcBaseUrl,
      httpBaseUrl: null,
      maxGrpcMessageSizeInBytes: null,
      grpcHttpClientTimeout: null,
    }),
  };
}
