import { postJson, request } from './api.ts';
import type { OperationName } from './operations.ts';

/** @throws Refusal */
export async function operate(
  instanceId: string,
  name: OperationName,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const saga = `/api/sagas/${encodeURIComponent(instanceId)}`;
  if (name === 'delete') return void (await request(saga, { method: 'DELETE' }));
  await postJson(`${saga}/${name}`, body);
}
