import type { DurableTaskSettings } from '../../host-json.ts';
import {
  type ManagementRequest,
  type ManagementResponse,
  emptyResponse,
  errorResponse,
  exceptionResponse,
  jsonResponse,
  queryValue,
} from './message.ts';

type Hub = Pick<DurableTaskSettings, 'hubName' | 'connectionName'>;

/**
 * The answer to a request for another task hub, or for one over another connection; undefined for the own one. Elsewhere nothing
 * is to be found. The real host accepts a start there, which then nobody runs.
 */
export function answerForForeignHub(
  { hubName, connectionName }: Hub,
  request: ManagementRequest,
  path: readonly string[],
): ManagementResponse | undefined {
  const [controller = '', name] = path;
  if (!/^(orchestrators|entities|instances)$/i.test(controller)) return undefined;
  const connection = asked(request, 'connection', [connectionName, `AzureWebJobs${connectionName}`]);
  if (connection !== undefined) {
    return exceptionResponse(500, 'Something went wrong while processing your request', {
      type: 'System.InvalidOperationException',
      message: `Unable to resolve the Azure Storage connection named '${connection}'.`,
    });
  }
  const hub = asked(request, 'taskHub', [hubName]);
  if (hub === undefined) return undefined;
  const isStart = /^orchestrators$/i.test(controller) || (/^entities$/i.test(controller) && request.method !== 'GET');
  if (isStart)
    return errorResponse(400, `This host runs task hub '${hubName}' alone, so nobody would run what goes to '${hub}'.`);
  if (name !== undefined) return emptyResponse(404);
  return jsonResponse(200, request.method === 'GET' ? [] : { instancesDeleted: 0 });
}

/** The value of a parameter that names something else than what is here. */
function asked(request: ManagementRequest, name: string, own: readonly string[]): string | undefined {
  const value = queryValue(request, name)?.trim() ?? '';
  const isOwn = value === '' || own.some((other) => other.toLowerCase() === value.toLowerCase());
  return isOwn ? undefined : value;
}
