import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Answer, Target } from './play-recording.ts';

/**
 * Random sequences of management requests on a few instances that wait for an event twice, against what each has to be answered.
 * After a request that was accepted the model waits for what it leads to, because hosts take their time.
 */
export interface Model {
  readonly instances: Map<string, Instance>;
}

interface Instance {
  status: 'Running' | 'Suspended' | 'Completed' | 'Terminated';
  /** Raised so far. */
  events: number;
}

export interface Real {
  readonly target: Target;
  /** Keeps the ids of one sequence apart from all others. */
  readonly prefix: string;
  readonly patience: number;
}

interface Rule {
  readonly name: string;
  readonly send: (real: Real, id: string) => Promise<Answer>;
  /** The answer that is due, or several where hosts differ; what is accepted has changed the instance already. */
  readonly expect: (instance: Instance | undefined) => readonly number[];
  readonly change?: (model: Model, id: string, instance: Instance | undefined) => void;
}

const isOver = (instance: Instance): boolean => instance.status === 'Completed' || instance.status === 'Terminated';

const onRunning = (instance: Instance | undefined, codes: readonly number[]): readonly number[] =>
  instance === undefined ? [404] : isOver(instance) ? [410] : codes;

const operate =
  (operation: string) =>
  ({ target }: Real, id: string) =>
    target.call('POST', `/instances/${id}/${operation}?reason=why`, {});

const begin = (model: Model, id: string): void => void model.instances.set(id, { status: 'Running', events: 0 });

/** Events that come while it is suspended count when it goes on. */
const goOn = (instance: Instance | undefined): void => {
  if (instance === undefined || instance.status === 'Suspended') return;
  instance.status = instance.events >= 2 ? 'Completed' : 'Running';
};

const rules: readonly Rule[] = [
  {
    name: 'start',
    send: ({ target }, id) =>
      target.call('POST', `/orchestrators/SameEventTwice/${id}`, { contentType: 'application/json', body: '1' }),
    expect: (instance) => [instance === undefined || isOver(instance) ? 202 : 409],
    change: begin,
  },
  {
    name: 'restart',
    send: ({ target }, id) => target.call('POST', `/instances/${id}/restart?restartWithNewInstanceId=false`, {}),
    expect: (instance) => [instance === undefined ? 400 : isOver(instance) ? 202 : 409],
    change: begin,
  },
  {
    name: 'raise an event',
    send: ({ target }, id) =>
      target.call('POST', `/instances/${id}/raiseEvent/E`, { contentType: 'application/json', body: '"e"' }),
    expect: (instance) => onRunning(instance, [202]),
    change(_model, _id, instance) {
      if (instance !== undefined) instance.events++;
      goOn(instance);
    },
  },
  {
    name: 'suspend',
    send: operate('suspend'),
    expect: (instance) => onRunning(instance, instance?.status === 'Suspended' ? [500, 409] : [202]),
    change(_model, _id, instance) {
      if (instance !== undefined) instance.status = 'Suspended';
    },
  },
  {
    name: 'resume',
    send: operate('resume'),
    expect: (instance) => onRunning(instance, instance?.status === 'Running' ? [500, 409] : [202]),
    change(_model, _id, instance) {
      if (instance !== undefined) instance.status = 'Running';
      goOn(instance);
    },
  },
  {
    name: 'terminate',
    send: operate('terminate'),
    expect: (instance) => onRunning(instance, [202]),
    change(_model, _id, instance) {
      if (instance !== undefined) instance.status = 'Terminated';
    },
  },
  {
    name: 'rewind',
    send: operate('rewind'),
    expect: (instance) => [instance === undefined ? 404 : 412],
  },
  {
    name: 'purge',
    send: ({ target }, id) => target.call('DELETE', `/instances/${id}`, {}),
    expect: (instance) => [instance === undefined ? 404 : isOver(instance) ? 200 : 412],
    change: (model, id) => void model.instances.delete(id),
  },
];

async function waitFor({ target, patience }: Real, id: string, instance: Instance | undefined): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    const { status, body } = await target.call('GET', `/instances/${id}`, {});
    const seen = status === 404 ? undefined : (JSON.parse(body) as { readonly runtimeStatus: string }).runtimeStatus;
    if (seen === instance?.status) return;
    assert.ok(Date.now() < until, `${id} should be ${instance?.status ?? 'gone'}, but is ${seen ?? 'gone'}`);
    await new Promise((resolve) => setTimeout(resolve, patience / 300));
  }
}

const command = (rule: Rule, name: string): fc.AsyncCommand<Model, Real> => ({
  check: () => true,
  async run(model, real) {
    const id = `${real.prefix}-${name}`;
    const instance = model.instances.get(id);
    const expected = rule.expect(instance);
    const { status } = await rule.send(real, id);
    const was = instance?.status ?? 'not there';
    assert.ok(
      expected.includes(status),
      `${rule.name} of ${id}, which is ${was}: ${status} instead of ${expected.join(' or ')}`,
    );
    if (status >= 300) return;
    rule.change?.(model, id, instance);
    await waitFor(real, id, model.instances.get(id));
  },
  toString: () => `${rule.name} ${name}`,
});

export const commandsArbitrary = fc.commands(
  rules.map((rule) => fc.constantFrom('a', 'b').map((name) => command(rule, name))),
  { size: '+1' },
);
