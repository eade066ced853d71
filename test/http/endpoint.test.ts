import { afterAll, expect, it } from 'vitest';
import { registerEndpoints } from '../../src/http/register-endpoints.ts';
import { createTestHost } from '../../src/testing/index.ts';
import { openSurroundings } from './open-surroundings.ts';

const host = await createTestHost({
  register: () =>
    registerEndpoints(
      [
        {
          name: 'getSagas',
          method: 'GET',
          route: 'broken',
          summary: '',
          answers: {},
          handle: () => Promise.reject(new Error('a bug')),
        },
      ],
      openSurroundings,
    ),
});
afterAll(() => host.close());

it('logs a failure with its correlation, and without the key that the caller sent', async () => {
  const response = await host.fetch('/api/broken?code=s3cret', { headers: { 'x-correlation-id': 'order-7' } });
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ correlationId: 'order-7' });
  const logged = host.lines.map(({ message }) => message);
  expect(logged).toContainEqual(expect.stringContaining('GET /api/broken failed (correlation order-7)'));
  expect(logged).not.toContainEqual(expect.stringContaining('s3cret'));
});

it('takes an empty correlation id in the query for none, and looks in the header', async () => {
  const headers = { 'x-correlation-id': 'order-8' };
  const response = await host.fetch('/api/broken?correlationId=', { headers });
  expect(response.headers.get('x-correlation-id')).toBe('order-8');
});
