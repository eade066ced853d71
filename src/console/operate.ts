import { sendJson } from './api.ts';
import type { OperationName } from './operations.ts';

/** @throws Refusal */
export async function operate(
  instanceId: string,
  name: OperationName,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const saga = `/api/sagas/${encodeURIComponent(instanceId)}`;
  await (name === 'delete' ? sendJson('DELETE', saga, body) : sendJson('POST', `${saga}/${name}`, body));
}
