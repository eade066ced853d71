import { describe, expect, it } from 'vitest';
import { type Dependency, healthEndpoints } from '../../src/functions/health.http.ts';

const answered = async (): Promise<void> => undefined;

/** What the endpoint of the route answers; it looks at nothing of the call. */
async function ask(route: string, dependencies: readonly Dependency[]) {
  const endpoint = healthEndpoints(dependencies, () => new Date(0), 20).find((one) => one.route === route);
  if (endpoint === undefined) throw new Error(`there is no ${route}`);
  return endpoint.handle(undefined as never);
}

describe.each(['health/ready', 'health/dependencies'])('%s', (route) => {
  it('answers 200 with each dependency while all answer', async () => {
    expect(await ask(route, [{ name: 'storage', ping: answered }])).toEqual({
      status: 200,
      jsonBody: { status: 'ready', dependencies: [{ name: 'storage', healthy: true, latencyMs: 0 }] },
    });
  });

  it('answers 503 and says why when one fails or does not answer', async () => {
    const dependencies = [
      { name: 'storage', ping: answered },
      { name: 'records', ping: () => Promise.reject(new Error('no such host')) },
      { name: 'queue', ping: () => new Promise<void>(() => undefined) },
    ];
    expect(await ask(route, dependencies)).toMatchObject({
      status: 503,
      jsonBody: {
        status: 'not ready',
        dependencies: [
          { name: 'storage', healthy: true },
          { name: 'records', healthy: false, error: 'Error: no such host' },
          { name: 'queue', healthy: false, error: 'Error: no answer within 20 ms' },
        ],
      },
    });
  });
});

it('health/live answers 200 whatever the dependencies do', async () => {
  expect(await ask('health/live', [{ name: 'storage', ping: () => Promise.reject(new Error('gone')) }])).toMatchObject({
    status: 200,
  });
});
