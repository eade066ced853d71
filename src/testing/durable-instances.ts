import type { ManagementRequest, ManagementResponse } from '../host/durable/index.ts';

export interface DurableStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus:
    'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated' | 'ContinuedAsNew';
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
}

/** An event as `showHistory` of the management API tells it. */
export interface DurableEvent {
  readonly EventType: string;
  readonly Timestamp: string;
  readonly Name?: string;
  readonly FunctionName?: string;
  readonly FireAt?: string;
  readonly Result?: unknown;
  readonly Reason?: string;
}

/** Everything that tools do to instances. All throw where the extension refuses. */
export interface DurableInstances {
  /** @returns the instance's id, a new one unless given. */
  start(orchestrator: string, input?: unknown, instanceId?: string): Promise<string>;
  readonly status: (instanceId: string) => Promise<DurableStatus>;
  history(instanceId: string): Promise<readonly DurableEvent[]>;
  /** Instances that have not ended. */
  unfinished(): Promise<readonly DurableStatus[]>;
  raise(instanceId: string, event: string, data?: unknown): Promise<void>;
  terminate(instanceId: string, reason?: string): Promise<void>;
  suspend(instanceId: string, reason?: string): Promise<void>;
  resume(instanceId: string, reason?: string): Promise<void>;
  rewind(instanceId: string, reason?: string): Promise<void>;
}

const endedStatuses: ReadonlySet<DurableStatus['runtimeStatus']> = new Set(['Completed', 'Failed', 'Terminated']);

export const isEnded = ({ runtimeStatus }: DurableStatus): boolean => endedStatuses.has(runtimeStatus);

const pathOf = (instanceId: string) => `/instances/${encodeURIComponent(instanceId)}`;

type Query = Readonly<Record<string, string>>;

export function createDurableInstances(
  manage: (request: ManagementRequest) => Promise<ManagementResponse | undefined>,
  baseUrl: string,
  newId: () => string,
): DurableInstances {
  const request = async (method: string, path: string, query: Query = {}, body: unknown = null): Promise<unknown> => {
    const response = await manage({
      method,
      path,
      query: new URLSearchParams(query),
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
      url: `${baseUrl}${path}`,
      linkBase: baseUrl,
      linkQuery: '',
    });
    if (response === undefined || response.status >= 400) {
      throw new Error(`${method} ${path} was answered ${response?.status} ${response?.body ?? ''}`.trimEnd());
    }
    return response.body === '' ? undefined : JSON.parse(response.body);
  };
  const operate = async (instanceId: string, operation: string, reason = ''): Promise<void> =>
    void (await request('POST', `${pathOf(instanceId)}/${operation}`, { reason }));
  return {
    async start(orchestrator, input, instanceId = newId()) {
      await request(
        'POST',
        `/orchestrators/${encodeURIComponent(orchestrator)}/${encodeURIComponent(instanceId)}`,
        {},
        input,
      );
      return instanceId;
    },
    status: async (instanceId) => (await request('GET', pathOf(instanceId))) as DurableStatus,
    async history(instanceId) {
      const query = { showHistory: 'true', showHistoryOutput: 'true' };
      const found = (await request('GET', pathOf(instanceId), query)) as { historyEvents?: readonly DurableEvent[] };
      return found.historyEvents ?? [];
    },
    async unfinished() {
      const query = { runtimeStatus: 'Pending,Running,Suspended', top: String(Number.MAX_SAFE_INTEGER - 1) };
      return (await request('GET', '/instances', query)) as readonly DurableStatus[];
    },
    raise: async (instanceId, event, data = null) =>
      void (await request('POST', `${pathOf(instanceId)}/raiseEvent/${encodeURIComponent(event)}`, {}, data)),
    terminate: (instanceId, reason) => operate(instanceId, 'terminate', reason),
    suspend: (instanceId, reason) => operate(instanceId, 'suspend', reason),
    resume: (instanceId, reason) => operate(instanceId, 'resume', reason),
    rewind: (instanceId, reason) => operate(instanceId, 'rewind', reason),
  };
}
