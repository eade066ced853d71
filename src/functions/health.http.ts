import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Endpoint } from '../http/endpoint.ts';

/** One thing that the app needs, and a call that answers when it is there. */
export interface Dependency {
  readonly name: string;
  readonly ping: () => Promise<void>;
}

const dependencySchema = z.object({
  name: z.string(),
  healthy: z.boolean(),
  latencyMs: z.number(),
  error: z.string().optional(),
});
type DependencyState = z.infer<typeof dependencySchema>;

const healthSchema = z.object({ status: z.enum(['ready', 'not ready']), dependencies: z.array(dependencySchema) });

/** A dependency that does not answer in this time counts as not healthy. */
const patienceMs = 5_000;

export function healthEndpoints(
  dependencies: readonly Dependency[],
  now: () => Date,
  timeoutMs: number = patienceMs,
): Endpoint[] {
  const probe = async (): Promise<{ status: number; jsonBody: unknown }> => {
    const states = await Promise.all(dependencies.map((dependency) => stateOf(dependency, now, timeoutMs)));
    const healthy = states.every((state) => state.healthy);
    return { status: healthy ? 200 : 503, jsonBody: { status: healthy ? 'ready' : 'not ready', dependencies: states } };
  };
  return [
    {
      name: 'healthLive',
      method: 'GET',
      route: 'health/live',
      summary: 'Whether the app runs',
      answers: { 200: z.object({ status: z.literal('live') }) },
      handle: async () => ({ status: 200, jsonBody: { status: 'live' } }),
    },
    {
      name: 'healthReady',
      method: 'GET',
      route: 'health/ready',
      summary: 'Whether work is accepted',
      answers: { 200: healthSchema, 503: healthSchema },
      handle: probe,
    },
    {
      name: 'healthDependencies',
      method: 'GET',
      route: 'health/dependencies',
      summary: 'Each thing that the app needs, and how it answers',
      answers: { 200: healthSchema, 503: healthSchema },
      handle: probe,
    },
  ];
}

async function stateOf({ name, ping }: Dependency, now: () => Date, timeoutMs: number): Promise<DependencyState> {
  const startedAt = now().getTime();
  const latencyMs = () => now().getTime() - startedAt;
  const answered = new AbortController();
  const timedOut = sleep(timeoutMs, undefined, { signal: answered.signal }).then(() => {
    throw new Error(`no answer within ${timeoutMs} ms`);
  });
  try {
    await Promise.race([ping(), timedOut]);
    return { name, healthy: true, latencyMs: latencyMs() };
  } catch (error) {
    return { name, healthy: false, latencyMs: latencyMs(), error: String(error) };
  } finally {
    timedOut.catch(() => undefined);
    answered.abort();
  }
}
