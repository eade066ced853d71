import { randomUUID } from 'node:crypto';
import type { Target } from './play-recording.ts';

/** @throws a sentence that says how it is started where no host runs `test/conformance/app`. */
export async function lookForRecordedApp(target: Target): Promise<void> {
  const { linkBase } = target;
  const remedy = 'start it with `npm run host -- --app test/conformance/app`, or give another --url';
  const path = `/orchestrators/NoActions/look-${randomUUID()}`;
  const { status } = await answerOf(linkBase, target.call('POST', path, {}), remedy);
  if (status === 202) return;
  if (status === 401 || status === 403) throw new Error(`${linkBase} answered ${status}: give its key with --code.`);
  throw new Error(`What answers at ${linkBase} does not run test/conformance/app: ${remedy}.`);
}

/** @throws a sentence that says how it is started where no host runs this app. */
export async function lookForApp(url: string): Promise<void> {
  const remedy = 'start it with `npm start`, or give another --url';
  const { status } = await answerOf(url, fetch(`${url}/api/health/live`), remedy);
  if (status === 404) throw new Error(`What answers at ${url} does not run this app: ${remedy}.`);
}

const answerOf = <T>(where: string, answer: Promise<T>, remedy: string): Promise<T> =>
  answer.catch((cause: unknown) => {
    throw new Error(`Nothing answers at ${where}: ${remedy}.`, { cause });
  });
