import { describe, expect, it } from 'vitest';
import { createSagaClient } from '../conformance/saga-client.ts';
import { createSagaSuite } from '../conformance/saga-suite.ts';
import { useProgram } from './program.ts';

// What `npm run conformance -- --sagas` asks of any host, asked of this one: it leaves nothing untried.

const { url, connections } = await useProgram({ TRADE_TIMEOUT_SECONDS: '1' });
const { together, alone } = createSagaSuite(createSagaClient({ url, trade: connections.trade, patience: 100_000 }));

describe.concurrent('on the embedded host', () => {
  it.each(together)('$name', { timeout: 300_000 }, async ({ run }) => {
    expect(await run()).toBeUndefined();
  });
});

describe('on the embedded host, by itself', () => {
  it.each(alone)('$name', { timeout: 300_000 }, async ({ run }) => {
    expect(await run()).toBeUndefined();
  });
});
