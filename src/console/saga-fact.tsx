import type { SagaView } from '../ops/saga-view.ts';
import { sagaUrl } from './location.ts';
import { Fact, PhaseBadge } from './parts.tsx';
import { useResource } from './use-resource.ts';

interface SagaFactProps {
  readonly instanceId: string;
  /** What says that there may be something new. */
  readonly cause: unknown;
}

/** The saga behind a record, and how it stands: a record knows nothing of a hold or of an undo that failed. */
export function SagaFact({ instanceId, cause }: SagaFactProps) {
  const { data } = useResource<SagaView>(`/api/sagas/${encodeURIComponent(instanceId)}`, undefined, cause);
  return (
    <Fact label="Saga">
      <a class="id" href={sagaUrl(instanceId)}>
        {instanceId}
      </a>{' '}
      {data !== undefined && <PhaseBadge phase={data.phase} />}
    </Fact>
  );
}
