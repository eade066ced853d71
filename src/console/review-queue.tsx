import { formatCount, formatName } from './format.ts';
import { sagaUrl } from './location.ts';
import { Loaded, Notice, ScreenTitle, Time } from './parts.tsx';
import { readFacts } from './review-facts.ts';
import type { JsonSchema } from './schema-fields.ts';
import { subjectIn } from './subject.ts';
import { LinkedRow, Table } from './table.tsx';
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
/** After an outage thousands may wait; nobody reads a list of them. */
const mostShown = 200;

const mostUrgent = (reviews: readonly OpenReview[]): readonly OpenReview[] =>
  reviews.toSorted((a, b) => a.deadline.localeCompare(b.deadline)).slice(0, mostShown);

export function ReviewQueue() {
  const list = useResource<ReviewList>('/api/reviews', refreshMs);
  return (
    <>
      <header class="screen-head">
        <ScreenTitle title="Reviews" />
        <p class="muted">Sagas that wait for a person, the most urgent first.</p>
      </header>
      <Loaded of={list}>
        {({ reviews }) =>
          reviews.length === 0 ? (
            <Notice title="Nobody is waiting for you">
              <p>A saga that is not sure of something shows up here.</p>
            </Notice>
          ) : (
            <>
              <ReviewTable reviews={mostUrgent(reviews)} />
              <p class="pager muted">
                {reviews.length > mostShown && `The ${mostShown} most urgent of `}
                {formatCount(reviews.length, 'review')}
              </p>
            </>
          )
        }
      </Loaded>
    </>
  );
}

function ReviewTable({ reviews }: ReviewList) {
  const now = useNow();
  return (
    <Table columns={[['About'], ['In doubt', 'wide-only'], ['Waits since', 'wide-only'], ['Decides itself']]}>
      {reviews.map(({ instanceId, id, saga, name, of, openedAt, deadline }) => (
        <LinkedRow key={`${instanceId} ${id}`} href={sagaUrl(instanceId)}>
          <td class="main-cell">
            <a href={sagaUrl(instanceId)}>{subjectIn(of) ?? instanceId}</a>
            <span class="id">
              {saga}, {formatName(name).toLowerCase()}
            </span>
          </td>
          <td class="wide-only">
            <Doubts of={of} />
          </td>
          <td class="when wide-only">
            <Time at={openedAt} now={now} />
          </td>
          <td class="when">
            <Time at={deadline} now={now} />
          </td>
        </LinkedRow>
      ))}
    </Table>
  );
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
