import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServiceBusEmulator } from '../../../src/emulators/service-bus/index.ts';
import { bodies, connect, receive, receiveOne, start, startVirtual, temporaryFile } from './fixture.ts';

const program = fileURLToPath(new URL('durability.program.ts', import.meta.url));

/** The emulator in a process of its own, which `kill` ends without a chance to write anything. */
async function startProcess(databaseFile: string, port = 0) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, databaseFile, String(port)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  const [connectionString] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { connectionString, kill };
}

describe('after kill -9', () => {
  it('everything accepted is there, once, and everything completed is not', async () => {
    const file = await temporaryFile();
    const first = await startProcess(file);
    const client = connect(first.connectionString);
    const sender = client.createSender('orders');
    const accepted: number[] = [];
    void (async () => {
      for (let number = 0; ; number += 1) {
        await sender.sendMessages({ body: number });
        accepted.push(number);
      }
    })().catch(() => {});
    const receiver = client.createReceiver('orders');
    const completed = new Set<unknown>();
    for (const message of await receive(receiver, 20)) {
      await receiver.completeMessage(message);
      completed.add(message.body);
    }
    await first.kill();
    await client.close();

    const second = await startProcess(file);
    const dead = connect(second.connectionString).createReceiver('orders', { receiveMode: 'receiveAndDelete' });
    const left = accepted.filter((number) => !completed.has(number));
    const found = bodies(await receive(dead, left.length));
    // One more may be there: written, but its answer never left the process.
    expect(found.slice(0, left.length)).toEqual(left);
  });

  it('so are delivery counts, session states, scheduled messages, deferred ones and the ids seen', async () => {
    const file = await temporaryFile();
    const first = await startProcess(file);
    const client = connect(first.connectionString);
    const sender = client.createSender('orders');
    await sender.sendMessages([{ body: 'locked', messageId: 'a' }, { body: 'deferred' }]);
    const receiver = client.createReceiver('orders');
    await receiver.abandonMessage(await receiveOne(receiver));
    const [, deferred] = await receive(receiver, 2);
    await receiver.deferMessage(deferred!);
    await sender.scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 1_000));
    const session = await client.acceptSession('sessions', 's');
    await session.setSessionState({ step: 1 });
    await first.kill();
    await client.close();

    const second = await startProcess(file);
    const again = connect(second.connectionString);
    await again.createSender('orders').sendMessages({ body: 'duplicate', messageId: 'a' });
    const next = again.createReceiver('orders');
    // One failed delivery was told, the other died with its receiver.
    expect(await receiveOne(next)).toMatchObject({ body: 'locked', deliveryCount: 2 });
    expect(await receiveOne(next)).toMatchObject({ body: 'scheduled' });
    expect(await next.receiveDeferredMessages(deferred!.sequenceNumber!)).toMatchObject([{ body: 'deferred' }]);
    expect(await (await again.acceptSession('sessions', 's')).getSessionState()).toEqual({ step: 1 });
  });

  it('clients go on by themselves when the broker comes back', async () => {
    const file = await temporaryFile();
    const first = await startProcess(file);
    const retryOptions = { retryDelayInMs: 100, maxRetries: 20, maxRetryDelayInMs: 300 };
    const client = connect(first.connectionString, { retryOptions });
    const sender = client.createSender('orders');
    const seen: unknown[] = [];
    const waiting = new Map<unknown, () => void>();
    const seenOf = (body: unknown) => new Promise<void>((resolve) => waiting.set(body, resolve));
    const one = seenOf(1);
    client.createReceiver('orders').subscribe({
      processMessage: async ({ body }) => {
        seen.push(body);
        waiting.get(body)?.();
      },
      processError: async () => {},
    });
    await sender.sendMessages({ body: 1 });
    await one;
    await first.kill();
    const two = seenOf(2);
    await startProcess(file, Number(/:(\d+);/u.exec(first.connectionString)?.[1]));
    await sender.sendMessages({ body: 2 });
    await two;
    expect(new Set(seen)).toEqual(new Set([1, 2]));
  });
});

describe('after an orderly end', () => {
  it('nothing fires any more, whatever was due', async () => {
    const { client, clock, emulator } = await startVirtual({ queues: [{ name: 'orders', defaultTtlSeconds: 5 }] });
    const sender = client.createSender('orders');
    await sender.sendMessages([{ body: 1 }, { body: 2 }]);
    await sender.scheduleMessages({ body: 3 }, new Date(clock.now() + 1_000));
    await receiveOne(client.createReceiver('orders', { maxAutoLockRenewalDurationInMs: 0 }));
    await client.close();
    await emulator.close();
    expect(() => clock.advance(60_000)).not.toThrow();
  });

  it('a start that fails leaves the file to the next one', async () => {
    const options = { databaseFile: await temporaryFile(), entities: { queues: [{ name: 'orders' }] } };
    const { emulator } = await start(options.entities);
    await expect(startServiceBusEmulator({ ...options, port: emulator.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await start(options.entities, options);
  });

  it('everything is there as well', async () => {
    const options = { databaseFile: await temporaryFile(), port: 0, entities: { queues: [{ name: 'orders' }] } };
    const first = await startServiceBusEmulator(options);
    await first.send('orders', { body: 1 });
    await first.close();
    const second = await startServiceBusEmulator(options);
    onTestFinished(() => second.close());
    expect(await receiveOne(connect(second.connectionString).createReceiver('orders'))).toMatchObject({ body: 1 });
  });
});
