import { type SagaStatus, sagaStatusSchema } from '../saga/operate.ts';
import type { TestHost } from './create-test-host.ts';
import { type DurableStatus, isEnded } from './durable-instances.ts';

export interface RestOptions {
  readonly horizonMs?: number;
  /** Reviews that nobody is going to answer, as `instanceId reviewId`. */
  readonly isLeft?: (review: string) => boolean;
}

export type OpenReview = NonNullable<SagaStatus['review']>;

/** Undefined before the first episode, and for what is no saga. */
const sagaStatusOf = ({ customStatus }: DurableStatus): SagaStatus | undefined =>
  sagaStatusSchema.safeParse(customStatus).data;

/** Oldest first. */
export const openReviews = (status: SagaStatus | undefined): readonly OpenReview[] =>
  status?.review === undefined ? [] : [status.review, ...(status.otherReviews ?? [])];

/** The gate that waits for its decision as an event. */
export function waitingGate(instance: DurableStatus): number | undefined {
  const gate = sagaStatusOf(instance)?.gate;
  return !isEnded(instance) && gate?.mode === 'event' ? gate.number : undefined;
}

export async function runToRest(
  host: Pick<TestHost, 'runUntil' | 'status'>,
  instanceId: string,
  { horizonMs, isLeft = () => false }: RestOptions = {},
): Promise<DurableStatus> {
  const findWaiting = async (instance: DurableStatus): Promise<DurableStatus | undefined> => {
    const status = sagaStatusOf(instance);
    const { instanceId } = instance;
    if (waitingGate(instance) !== undefined) return instance;
    if (openReviews(status).some(({ id }) => !isLeft(`${instanceId} ${id}`))) return instance;
    for (const { instanceId } of status?.running ?? []) {
      const child = await host.status(instanceId).catch(() => undefined);
      const waiting = child && !isEnded(child) ? await findWaiting(child) : undefined;
      if (waiting !== undefined) return waiting;
    }
    return undefined;
  };
  let resting: DurableStatus | undefined;
  const root = await host.runUntil(
    instanceId,
    async (instance) => {
      resting = isEnded(instance) ? instance : await findWaiting(instance);
      return resting !== undefined;
    },
    horizonMs,
  );
  return resting ?? root;
}
