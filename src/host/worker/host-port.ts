/** The thread's line to the host; loads only inside the app thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AppThreadData, FromAppThread, ToAppThread } from './messages.ts';

function connectedPort() {
  if (parentPort === null) throw new Error('This module belongs to the thread that runs the app.');
  return parentPort;
}

const port = connectedPort();

export const { appDir, begun, entryPoints } = workerData as AppThreadData;

/** `owned` are the buffers that the sender gives away instead of having them copied. */
export function send(message: FromAppThread, owned: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, [...owned]);
}

export function onMessage(receive: (message: ToAppThread) => void): void {
  port.on('message', receive);
}
