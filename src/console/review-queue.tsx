import { formatName } from './format.ts';
import { sagaUrl } from './location.ts';
import { ErrorNotice, Loading, Notice, ScreenTitle, Time } from './parts.tsx';
import { readFacts } from './review-facts.ts';
import { openUnlessSelecting } from './saga-list.tsx';
import type { JsonSchema } from './schema-fields.ts';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

export interface OpenReview {
  readonly instanceId: string;
  readonly saga: string;
  readonly id: string;
  readonly name: string;
  readonly of?: unknown;
  readonly openedAt: string;
  readonly deadline: string;
  /** Absent where this version of the app does not know the review. */
  readonly decisionSchema?: JsonSchema;
}

export interface ReviewList {
  readonly reviews: readonly OpenReview[];
}

const refreshMs = 3_000;

export function ReviewQueue() {
  const { data, error, reload } = useResource<ReviewList>('/api/reviews', refreshMs);
  const reviews = data?.reviews.toSorted((a, b) => a.deadline.localeCompare(b.deadline));
  return (
    <>
      <header class="screen-head">
        <ScreenTitle title="Reviews" />
        <p class="muted">Sagas that wait for a person, the most urgent first.</p>
      </header>
      {error !== undefined && <ErrorNotice error={error} retry={reload} />}
      {reviews === undefined && error === undefined && <Loading />}
      {reviews?.length === 0 && (
        <Notice title="Nobody is waiting for you">
          <p>A saga that is not sure of something shows up here.</p>
        </Notice>
      )}
      {reviews !== undefined && reviews.length > 0 && <ReviewTable reviews={reviews} />}
    </>
  );
}

function ReviewTable({ reviews }: ReviewList) {
  const now = useNow();
  return (
    <div class="table-frame">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">About</th>
            <th scope="col" class="wide-only">
              In doubt
            </th>
            <th scope="col" class="wide-only">
              Waits since
            </th>
            <th scope="col">Decides itself</th>
          </tr>
        </thead>
        <tbody>
          {reviews.map((review) => (
            <tr
              key={`${review.instanceId} ${review.id}`}
              onClick={(event) => openUnlessSelecting(event, sagaUrl(review.instanceId))}
            >
              <td class="main-cell">
                <a href={sagaUrl(review.instanceId)}>{subjectOf(review)}</a>
                <span class="id">
                  {review.saga}, {formatName(review.name).toLowerCase()}
                </span>
              </td>
              <td class="wide-only">
                <Doubts of={review.of} />
              </td>
              <td class="when wide-only">
                <Time at={review.openedAt} now={now} />
              </td>
              <td class="when">
                <Time at={review.deadline} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function subjectOf({ of, instanceId }: OpenReview): string {
  const { name } = readFacts(of).others;
  return typeof name === 'string' ? name : instanceId;
}

const Doubts = ({ of }: { readonly of: unknown }) => (
  <ul class="chips">
    {readFacts(of).doubts.map((doubt) => (
      <li key={doubt} title={doubt}>
        {formatName(doubt.split(':', 1)[0] ?? doubt)}
      </li>
    ))}
  </ul>
);
