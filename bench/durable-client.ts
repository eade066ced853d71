import { setTimeout as sleep } from 'node:timers/promises';

/** The HTTP API of the durable engine, as far as the workloads need it. */
export interface DurableClient {
  readonly start: (name: string, id: string, input: unknown) => Promise<void>;
  /** Resolves when the instance has completed; the host looks every 10 ms. */
  readonly startAndWait: (name: string, id: string, input: unknown) => Promise<void>;
  readonly raise: (id: string, event: string, data: unknown) => Promise<void>;
  readonly status: (id: string, withHistory?: boolean) => Promise<InstanceStatus>;
  readonly waitUntil: (id: string, status: string) => Promise<void>;
}

export interface InstanceStatus {
  readonly runtimeStatus: string;
  readonly output: unknown;
  readonly historyEvents?: readonly { readonly EventType: string; readonly Timestamp: string }[];
}

const longestWaitSeconds = 120;
const lookEveryMs = 20;

export function createDurableClient(hostUrl: string): DurableClient {
  const base = `${hostUrl}/runtime/webhooks/durabletask`;
  const instance = (id: string): string => `${base}/instances/${encodeURIComponent(id)}`;
  const start = (name: string, id: string, input: unknown, query: string, expected: number): Promise<string> =>
    send('POST', `${base}/orchestrators/${name}/${encodeURIComponent(id)}${query}`, [expected], input);
  const status = async (id: string, withHistory = false): Promise<InstanceStatus> =>
    JSON.parse(
      await send('GET', `${instance(id)}?showInput=false&showHistory=${withHistory}`, [200, 202]),
    ) as InstanceStatus;
  return {
    async start(name, id, input) {
      await start(name, id, input, '', 202);
    },
    async startAndWait(name, id, input) {
      await start(name, id, input, `?timeout=${longestWaitSeconds}&pollingInterval=0.01`, 200);
    },
    async raise(id, event, data) {
      await send('POST', `${instance(id)}/raiseEvent/${event}`, [202], data);
    },
    status,
    async waitUntil(id, wanted) {
      const until = Date.now() + longestWaitSeconds * 1000;
      for (;;) {
        const { runtimeStatus, output } = await status(id);
        if (runtimeStatus === wanted) return;
        if (runtimeStatus === 'Failed' || Date.now() > until) {
          throw new Error(`Instance ${id} is ${runtimeStatus}, not ${wanted}: ${JSON.stringify(output)}`);
        }
        await sleep(lookEveryMs);
      }
    },
  };
}

async function send(method: string, url: string, expected: readonly number[], body?: unknown): Promise<string> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  if (expected.includes(response.status)) return text;
  throw new Error(`${method} ${url} was answered ${response.status}, not ${expected.join(' or ')}: ${text}`);
}
