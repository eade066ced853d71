import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import type { Answer, Target } from './play-recording.ts';

/**
 * Random sequences of management requests on a few instances that wait for an event twice, or fail until they are healed, against
 * what each has to be answered.
 * After a request that was accepted the model waits for what it leads to, because hosts take their time.
 */
export interface Model {
  readonly instances: Map<string, Instance>;
  /** What fails no longer. */
  readonly healed: Set<string>;
}

interface Instance {
  readonly orchestrator: 'SameEventTwice' | 'Rewindable';
  status: 'Running' | 'Suspended' | 'Completed' | 'Terminated' | 'Failed';
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
  readonly check?: (instance: Instance | undefined, answer: Answer) => void;
}

const isOver = ({ status }: Instance): boolean => status !== 'Running' && status !== 'Suspended';

const onRunning = (instance: Instance | undefined, codes: readonly number[]): readonly number[] =>
  instance === undefined ? [404] : isOver(instance) ? [410] : codes;

const operate =
  (operation: string) =>
  ({ target }: Real, id: string) =>
    target.call('POST', `/instances/${id}/${operation}?reason=why`, {});

const outcomeOf = (model: Model, id: string): 'Completed' | 'Failed' => (model.healed.has(id) ? 'Completed' : 'Failed');

const begin =
  (orchestrator: Instance['orchestrator']) =>
  (model: Model, id: string): void => {
    const status = orchestrator === 'Rewindable' ? outcomeOf(model, id) : 'Running';
    model.instances.set(id, { orchestrator, status, events: 0 });
  };

const start = (orchestrator: Instance['orchestrator']): Rule => ({
  name: `start ${orchestrator} as`,
  send: ({ target }, id) =>
    target.call('POST', `/orchestrators/${orchestrator}/${id}`, { contentType: 'application/json', body: '1' }),
  expect: (instance) => [instance === undefined || isOver(instance) ? 202 : 409],
  change: begin(orchestrator),
});

/** Events that come while it is suspended count when it goes on. */
const goOn = (instance: Instance | undefined): void => {
  if (instance === undefined || instance.status === 'Suspended') return;
  instance.status = instance.events >= 2 ? 'Completed' : 'Running';
};

const rules: readonly Rule[] = [
  start('SameEventTwice'),
  start('Rewindable'),
  {
    name: 'restart',
    send: ({ target }, id) => target.call('POST', `/instances/${id}/restart?restartWithNewInstanceId=false`, {}),
    expect: (instance) => [instance === undefined ? 400 : isOver(instance) ? 202 : 409],
    change: (model, id, instance) => begin(instance?.orchestrator ?? 'SameEventTwice')(model, id),
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
    expect: (instance) => [instance === undefined ? 404 : instance.status === 'Failed' ? 202 : 412],
    change(model, id, instance) {
      if (instance !== undefined) instance.status = outcomeOf(model, id);
    },
  },
  {
    name: 'heal',
    async send(real, id) {
      const healer = `${id}-healer-${randomUUID()}`;
      const body = { contentType: 'application/json', body: JSON.stringify(id) };
      const answer = await real.target.call('POST', `/orchestrators/HealOne/${healer}`, body);
      await waitFor(real, healer, 'Completed');
      return answer;
    },
    expect: () => [202],
    change: (model, id) => void model.healed.add(id),
  },
  {
    name: 'list',
    send: ({ target }, id) => target.call('GET', `/instances?instanceIdPrefix=${id}&runtimeStatus=Failed`, {}),
    expect: () => [200],
    check: (instance, { body }) =>
      assert.equal((JSON.parse(body) as unknown[]).length, instance?.status === 'Failed' ? 1 : 0),
  },
  {
    name: 'purge',
    send: ({ target }, id) => target.call('DELETE', `/instances/${id}`, {}),
    expect: (instance) => [instance === undefined ? 404 : isOver(instance) ? 200 : 412],
    change: (model, id) => void model.instances.delete(id),
  },
];

async function waitFor({ target, patience }: Real, id: string, status: string | undefined): Promise<void> {
  const until = Date.now() + patience;
  for (;;) {
    const answer = await target.call('GET', `/instances/${id}`, {});
    const isGone = answer.status === 404;
    const seen = isGone ? undefined : (JSON.parse(answer.body) as { readonly runtimeStatus: string }).runtimeStatus;
    if (seen === status) return;
    assert.ok(Date.now() < until, `${id} should be ${status ?? 'gone'}, but is ${seen ?? 'gone'}`);
    await new Promise((resolve) => setTimeout(resolve, patience / 300));
  }
}

const command = (rule: Rule, name: string): fc.AsyncCommand<Model, Real> => ({
  check: () => true,
  async run(model, real) {
    const id = `${real.prefix}-${name}`;
    const instance = model.instances.get(id);
    const expected = rule.expect(instance);
    const answer = await rule.send(real, id);
    const { status } = answer;
    const was = instance?.status ?? 'not there';
    assert.ok(
      expected.includes(status),
      `${rule.name} of ${id}, which is ${was}: ${status} instead of ${expected.join(' or ')}`,
    );
    rule.check?.(instance, answer);
    if (status >= 300) return;
    rule.change?.(model, id, instance);
    await waitFor(real, id, model.instances.get(id)?.status);
  },
  toString: () => `${rule.name} ${name}`,
});

export const commandsArbitrary = fc.commands(
  rules.map((rule) => fc.constantFrom('a', 'b').map((name) => command(rule, name))),
  { size: '+1' },
);
