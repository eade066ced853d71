import { parseEntityId } from '../entities/entity-id.ts';
import { raiseEvent, resume, suspend, terminate } from './control.ts';
import { routeEntities } from './entities.ts';
import { answerForForeignHub } from './foreign-hub.ts';
import { listInstances } from './list.ts';
import { type ManagementRequest, type ManagementResponse, emptyResponse, errorResponse } from './message.ts';
import type { InstanceOperation, ManagementAnswer, ManagementContext } from './operation.ts';
import { purgeInstance, purgeInstances } from './purge.ts';
import { rewind, rewindOfUnknown } from './rewind.ts';
import { restart, restartOfUnknown, restartWithOptions, startOrchestration } from './start.ts';
import { statusResponse } from './status.ts';

/**
 * The answer is undefined for a path that is none of this API's; it is given when all that it promises is on disk. When nothing can be
 * written any more, because the disk is full or gone, what was accepted can still be read.
 */
export const createManagementApi =
  (context: ManagementContext) =>
  async (request: ManagementRequest): Promise<ManagementResponse | undefined> => {
    const { commits } = context;
    const path = splitPath(request.path);
    if (path === undefined) return errorResponse(400, `The path ${request.path} is not percent-encoded as it must be.`);
    try {
      const answer = await (answerForForeignHub(context.settings, request, path) ?? route(context, request, path));
      if (request.method !== 'GET' || !commits.isBroken()) await commits.committed();
      return answer;
    } catch (error) {
      if (!commits.isBroken()) throw error;
      return errorResponse(
        503,
        'The durable store cannot be written, and nothing is accepted. Make room, and restart the host.',
      );
    }
  };

/** Split first, decoded once: an id may contain what separates paths. */
function splitPath(path: string): readonly string[] | undefined {
  try {
    return path
      .replaceAll(/^\/+|\/+$/g, '')
      .split('/')
      .map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function route(
  context: ManagementContext,
  request: ManagementRequest,
  path: readonly string[],
): ManagementAnswer | undefined {
  const [controller = '', first, ...rest] = path;
  switch (controller.toLowerCase()) {
    case 'orchestrators':
      if (first === undefined || rest.length > 1) return undefined;
      return request.method === 'POST' ? startOrchestration(context, request, first, rest[0]) : emptyResponse(404);
    case 'entities':
      return routeEntities(context, request, path.slice(1));
    case 'instances':
      if (first === undefined) return routeAll(context, request);
      return routeInstance(context, request, first, rest);
    default:
      return undefined;
  }
}

function routeAll(context: ManagementContext, request: ManagementRequest): ManagementResponse {
  if (request.method === 'GET') return listInstances(context, request);
  return request.method === 'DELETE' ? purgeInstances(context, request) : emptyResponse(404);
}

const operations: Readonly<Record<string, InstanceOperation>> = {
  terminate,
  suspend,
  resume,
  rewind,
  restart,
  restartwithoptions: restartWithOptions,
};

function findOperation(method: string, path: readonly string[]): InstanceOperation | undefined {
  const [operation, argument] = path;
  if (operation === undefined) {
    if (method === 'GET') return statusResponse;
    return method === 'DELETE' ? purgeInstance : undefined;
  }
  if (method !== 'POST' || path.length > 2) return undefined;
  if (operation.toLowerCase() === 'raiseevent' && argument !== undefined) return raiseEvent(argument);
  return argument === undefined ? operations[operation.toLowerCase()] : undefined;
}

function routeInstance(
  context: ManagementContext,
  request: ManagementRequest,
  id: string,
  path: readonly string[],
): ManagementAnswer {
  const operation = findOperation(request.method, path);
  if (operation === undefined) return emptyResponse(404);
  const instance = context.store.findInstance(id);
  if (instance !== undefined) {
    const isRefused = parseEntityId(id) !== undefined && operation !== statusResponse && operation !== purgeInstance;
    return isRefused ? errorResponse(400, describeEntityInstance(id)) : operation(context, request, instance);
  }
  if (operation === rewind) return rewindOfUnknown(id);
  return operation === restart || operation === restartWithOptions ? restartOfUnknown(id) : emptyResponse(404);
}

const describeEntityInstance = (id: string): string =>
  `${id} is an entity, and entities are signalled, not controlled: POST to /entities/{name}/{key}?op={operation}.`;
