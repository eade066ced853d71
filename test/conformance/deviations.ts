import { type Answer, type RequestOptions, type Target } from './play-recording.ts';

/** Where the embedded host answers otherwise than Azure does, on purpose. */
export type Seen = 'as Azure does' | 'as the embedded host does';

export interface Deviation {
  readonly what: string;
  /** @throws when neither is seen. */
  look(target: Target, id: string): Promise<Seen>;
}

const json = (body: string): RequestOptions => ({ contentType: 'application/json', body });

const start = (target: Target, name: string, id: string, body?: string) =>
  target.call('POST', `/orchestrators/${name}/${id}`, body === undefined ? {} : json(body));

function judge(seen: unknown, azure: unknown, embedded: unknown): Seen {
  const [text, ofAzure, ofEmbedded] = [seen, azure, embedded].map((value) => JSON.stringify(value));
  if (text === ofAzure) return 'as Azure does';
  if (text === ofEmbedded) return 'as the embedded host does';
  throw new Error(`expected ${ofAzure} as on Azure or ${ofEmbedded} as on the embedded host, but saw ${text}`);
}

const runtimeStatus = ({ status, body }: Answer): unknown =>
  status === 404 ? undefined : (JSON.parse(body) as { readonly runtimeStatus: unknown }).runtimeStatus;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The status once it is one of these; what it is at last when it is none of them in time. */
async function settled(target: Target, id: string, among: readonly string[], patience: number): Promise<unknown> {
  const until = Date.now() + patience;
  for (;;) {
    const status = runtimeStatus(await target.call('GET', `/instances/${id}`, {}));
    if (among.includes(String(status)) || Date.now() > until) return status;
    await pause(patience / 100);
  }
}

/** Long enough that what would fail has failed. */
const longEnough = 8000;

const hangs =
  (name: string): Deviation['look'] =>
  async (target, id) => {
    await start(target, name, id, '1');
    return judge(await settled(target, id, ['Failed'], longEnough), 'Running', 'Failed');
  };

export const deviations: readonly Deviation[] = [
  { what: 'an activity that does not exist', look: hangs('MissingActivity') },
  { what: 'a sub-orchestrator that does not exist', look: hangs('SubMissing') },
  { what: 'a retryTimeout that is exceeded', look: hangs('RetryTimeout') },
  {
    what: 'a start of an orchestrator that does not exist',
    look: async (target, id) => judge((await start(target, 'NotThere', id, '1')).status, 202, 404),
  },
  {
    what: 'a start with a body that is cut off',
    look: async (target, id) => judge((await start(target, 'NoActions', id, '{"a":')).status, 500, 400),
  },
  {
    what: 'an id of more than 900 characters',
    look: async (target, id) => judge((await start(target, 'NoActions', id.padEnd(1200, 'x'), '1')).status, 500, 400),
  },
  {
    what: 'a percent sign in an id',
    look: async (target, id) => {
      await start(target, 'NoActions', `${id}%2525`, '1');
      const status = await settled(target, `${id}%2525`, ['Completed'], longEnough);
      const shown = await target.call('GET', `/instances/${id}%2525`, {});
      const isAsSent = status === 'Completed' && shown.body.includes(`${id}%25`);
      return isAsSent ? 'as the embedded host does' : 'as Azure does';
    },
  },
  {
    what: 'five starts of one id at the same time',
    look: async (target, id) => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => start(target, 'Forever', id, '1')));
      const accepted = answers.filter(({ status }) => status === 202).length;
      await target.call('POST', `/instances/${id}/terminate`, {});
      return judge(
        accepted === 1 ? 'one accepted' : accepted > 1 ? 'several accepted' : 'none',
        'several accepted',
        'one accepted',
      );
    },
  },
  {
    what: 'a second suspend',
    look: async (target, id) => {
      await start(target, 'Forever', id, '1');
      await settled(target, id, ['Running'], longEnough);
      await target.call('POST', `/instances/${id}/suspend?reason=one`, {});
      await settled(target, id, ['Suspended'], longEnough);
      const { status } = await target.call('POST', `/instances/${id}/suspend?reason=two`, {});
      await target.call('POST', `/instances/${id}/terminate`, {});
      return judge(status, 500, 409);
    },
  },
  {
    what: 'a purge that matches nothing',
    look: async (target) => {
      const { status } = await target.call('DELETE', '/instances?createdTimeFrom=2999-01-01T00:00:00Z', {});
      return judge(status, 404, 200);
    },
  },
  {
    what: 'the second page of a list',
    look: async (target, id) => {
      for (const suffix of ['a', 'b', 'c']) await start(target, 'NoActions', id + suffix, '1');
      for (const suffix of ['a', 'b', 'c']) await settled(target, id + suffix, ['Completed'], longEnough);
      const path = `/instances?instanceIdPrefix=${id}&top=1`;
      const first = await target.call('GET', path, {});
      const token = first.headers['x-ms-continuation-token'] ?? '';
      const second = await target.call('GET', path, { headers: { 'x-ms-continuation-token': token } });
      return judge(second.status, 400, 200);
    },
  },
];
