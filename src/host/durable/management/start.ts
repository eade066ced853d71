import { describeEntityId, parseEntityId } from '../entities/entity-id.ts';
import { isTerminal } from '../history.ts';
import { insertInstance } from '../instance-rows.ts';
import type { InstanceRow } from '../store.ts';
import { checkStatusResponse } from './links.ts';
import {
  type ManagementRequest,
  type ManagementResponse,
  errorResponse,
  exceptionResponse,
  parseJsonBody,
  queryFlag,
  queryValue,
} from './message.ts';
import type { InstanceOperation, ManagementAnswer, ManagementContext } from './operation.ts';
import { statusResponse } from './status.ts';

/** The row keys of Azure Tables end about here; the real host answers longer ids with 500. */
const maxInstanceIdLength = 900;

/** POST /orchestrators/{name}[/{instanceId}] */
export function startOrchestration(
  context: ManagementContext,
  request: ManagementRequest,
  name: string,
  instanceId: string | undefined,
): ManagementAnswer {
  const body = request.body.length === 0 ? undefined : parseJsonBody(request);
  if (body?.ok === false) return body.response;
  return start(context, request, {
    id: instanceId ?? newInstanceId(context),
    name,
    version: queryValue(request, 'version'),
    input: body?.text ?? null,
  });
}

/** POST /instances/{id}/restart: the same function and input, under a new id unless the caller says no. */
export const restart: InstanceOperation = (context, request, instance) =>
  start(context, request, {
    ...copyOf(instance),
    id: queryFlag(request, 'restartWithNewInstanceId') === false ? instance.id : newInstanceId(context),
  });

/** POST /instances/{id}/restartWithOptions?newInstanceId=…&version=… */
export const restartWithOptions: InstanceOperation = (context, request, instance) => {
  const id = queryValue(request, 'newInstanceId');
  if (id === undefined || id === '') return errorResponse(400, 'A new orchestration instance ID must be provided.');
  return start(context, request, {
    ...copyOf(instance),
    id,
    version: queryValue(request, 'version') ?? instance.version ?? undefined,
  });
};

export const restartOfUnknown = (instanceId: string): ManagementResponse =>
  exceptionResponse(400, 'InstanceId does not match a valid orchestration instance.', {
    type: 'System.ArgumentException',
    message: `An orchestrastion with the instanceId ${instanceId} was not found.`,
  });

interface Start {
  readonly id: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly input: string | null;
}

const copyOf = ({ name, version, input }: InstanceRow) => ({ name, version: version ?? undefined, input });

const newInstanceId = ({ newId }: ManagementContext): string => newId().replaceAll('-', '');

function start(context: ManagementContext, request: ManagementRequest, wanted: Start): ManagementAnswer {
  const { commits, deliver, functions, log, newId, settings, store } = context;
  if (functions.findOrchestrator(wanted.name) === undefined) {
    return errorResponse(404, functions.describeMissing('orchestrator', wanted.name));
  }
  if (wanted.id.length > maxInstanceIdLength) {
    return errorResponse(
      400,
      `Instance ID lengths must not exceed ${maxInstanceIdLength} characters, but this has ${wanted.id.length}.`,
    );
  }
  if (parseEntityId(wanted.id) !== undefined) return errorResponse(400, describeEntityId(wanted.id));
  const existing = store.findInstance(wanted.id);
  const mayReplace = settings.overridableExistingInstanceStates === 'AnyState';
  if (existing !== undefined && !isTerminal(existing.runtimeStatus) && !mayReplace) {
    return errorResponse(409, `An Orchestration instance with the status ${existing.runtimeStatus} already exists.`);
  }
  const message = commits.write(() =>
    insertInstance(context, {
      ...wanted,
      executionId: newId(),
      version: wanted.version ?? settings.defaultVersion ?? null,
      parent: null,
      generation: existing === undefined ? 0 : (existing.generation ?? 0) + 1,
    }),
  );
  deliver([message]);
  const what = `${wanted.id}: Function '${wanted.name} (Orchestrator)' scheduled. Reason: NewInstance.`;
  log('information', 'Host.Triggers.DurableTask', `${what} HubName: ${settings.hubName}.`);
  return waitIfAsked(context, request, wanted.id);
}

/** `?timeout=…&pollingInterval=…` (seconds): answers the output if the instance completes in that time. */
function waitIfAsked(context: ManagementContext, request: ManagementRequest, id: string): ManagementAnswer {
  const timeout = querySeconds(request, 'timeout');
  const interval = querySeconds(request, 'pollingInterval');
  if (timeout === undefined || interval === undefined) return checkStatusResponse(request, context.settings, id);
  if (interval > timeout) {
    return exceptionResponse(400, 'One or more of the arguments submitted is incorrect', {
      type: 'System.ArgumentException',
      message: `Total timeout ${timeout} should be bigger than retry timeout ${interval}`,
    });
  }
  return waitForEnd(context, request, id, timeout, interval);
}

function querySeconds(request: ManagementRequest, name: string): number | undefined {
  const value = queryValue(request, name)?.trim();
  const seconds = Number(value);
  return value === undefined || value === '' || !Number.isFinite(seconds) ? undefined : seconds;
}

async function waitForEnd(
  context: ManagementContext,
  request: ManagementRequest,
  id: string,
  timeout: number,
  interval: number,
): Promise<ManagementResponse> {
  const { clock, store, settings } = context;
  const until = clock.now() + timeout * 1000;
  for (;;) {
    const instance = store.findInstance(id);
    if (instance !== undefined && isTerminal(instance.runtimeStatus)) return endResponse(context, request, instance);
    const now = clock.now();
    if (now >= until) return checkStatusResponse(request, settings, id);
    await new Promise<void>((resolve) => clock.at(Math.min(until, now + interval * 1000), resolve));
  }
}

function endResponse(
  context: ManagementContext,
  request: ManagementRequest,
  instance: InstanceRow,
): ManagementResponse {
  const response = statusResponse(context, { ...request, query: new URLSearchParams() }, instance);
  if (instance.runtimeStatus !== 'Completed') return response;
  const { output } = JSON.parse(response.body) as { output: unknown };
  return { ...response, body: JSON.stringify(output) };
}
