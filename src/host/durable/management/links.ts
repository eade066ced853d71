import type { DurableTaskSettings } from '../../host-json.ts';
import { type ManagementRequest, type ManagementResponse, jsonResponse } from './message.ts';

/** The answer to an accepted start: where to ask for the instance, and what can be done with it. */
export function checkStatusResponse(
  request: ManagementRequest,
  { hubName, connectionName }: Pick<DurableTaskSettings, 'hubName' | 'connectionName'>,
  instanceId: string,
): ManagementResponse {
  const instance = `${request.linkBase}/instances/${encodeURIComponent(instanceId)}`;
  const suffix = request.linkQuery === '' ? '' : `&${request.linkQuery}`;
  const query = `taskHub=${encodeURIComponent(hubName)}&connection=${encodeURIComponent(connectionName)}${suffix}`;
  const status = `${instance}?${query}`;
  const links = {
    id: instanceId,
    statusQueryGetUri: status,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    purgeHistoryDeleteUri: status,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  };
  return jsonResponse(202, links, { Location: status, 'Retry-After': '10' });
}
