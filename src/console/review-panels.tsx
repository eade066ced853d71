import type { SagaView } from '../ops/saga-view.ts';
import { DecisionForm, type DecisionFormProps } from './decision-form.tsx';
import { DocumentViewer } from './document-viewer.tsx';
import { formatDuration, formatFull, formatName } from './format.ts';
import { Loaded } from './parts.tsx';
import { readFacts } from './review-facts.ts';
import type { ReviewList } from './review-queue.tsx';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

interface ReviewPanelsProps {
  readonly saga: SagaView;
  readonly onDecided: (done: string) => void;
}

/** What a saga asks, each question with the form of its decision, whose schema the list of open reviews carries. */
export function ReviewPanels({ saga, onDecided }: ReviewPanelsProps) {
  const list = useResource<ReviewList>('/api/reviews', undefined, saga);
  return (
    <Loaded of={list}>
      {({ reviews }) => {
        const open = reviews.filter(({ instanceId }) => instanceId === saga.instanceId);
        if (open.length === 0) return <Closed isSuspended={saga.runtimeStatus === 'Suspended'} />;
        return open.map((review) => <ReviewDesk key={review.id} review={review} onDecided={onDecided} />);
      }}
    </Loaded>
  );
}

const Closed = ({ isSuspended }: { readonly isSuspended: boolean }) => (
  <section class="panel review">
    <p class="muted">
      {isSuspended ? 'A review is open. It takes decisions again when the saga is resumed.' : 'The review is closing.'}
    </p>
  </section>
);

/** A question, and beside it the document that it is about, where it is about one. */
function ReviewDesk({ review, onDecided }: DecisionFormProps) {
  const { documentId, name = documentId } = readFacts(review.of).others;
  const question = <ReviewPanel review={review} onDecided={onDecided} />;
  if (typeof documentId !== 'string') return question;
  return (
    <div class="desk">
      {question}
      <DocumentViewer documentId={documentId} name={String(name)} />
    </div>
  );
}

function ReviewPanel({ review, onDecided }: DecisionFormProps) {
  const { id, name, deadline } = review;
  const now = useNow();
  return (
    <section class="panel review" aria-labelledby={`review-${id}`}>
      <div class="panel-head">
        <h2 id={`review-${id}`}>Review: {formatName(name)}</h2>
        <p class="muted" title={formatFull(deadline)}>
          decides itself in {formatDuration(Date.parse(deadline) - now.getTime())}
        </p>
      </div>
      <DecisionForm review={review} onDecided={onDecided} />
    </section>
  );
}
