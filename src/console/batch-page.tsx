import type { BatchProgress } from '../documents/batch.ts';
import type { BatchView } from '../functions/batches.http.ts';
import { DocumentTable } from './document-list.tsx';
import { formatAmount, formatFull, formatName } from './format.ts';
import { listQuery } from './list-query.ts';
import { type Place, root, withQuery } from './location.ts';
import { Pager } from './pager.tsx';
import { ErrorNotice, Loading, Notice, Progress, ScreenTitle } from './parts.tsx';
import { lookOf, type Tone } from './phases.ts';
import { useLive } from './use-live.ts';
import { useResource } from './use-resource.ts';

interface BatchPageProps {
  readonly id: string;
  readonly query: Place['query'];
}

const refreshMs = 5_000;

/** Documents that came in together: how far they are as it changes, and each of them. */
export function BatchPage({ id, query }: BatchPageProps) {
  const live = useLive<BatchProgress>(`/api/events/stream?correlationId=${encodeURIComponent(id)}`);
  const path = `/api/batches/${encodeURIComponent(id)}?${listQuery(query, ['status'])}`;
  const { data, error, reload } = useResource<BatchView>(path, refreshMs, live.data);
  const progress = live.data ?? data;
  const isWaiting = error?.status === 404 && progress === undefined;
  return (
    <>
      <header class="screen-head">
        <p class="crumbs">
          <a href={`${root}/documents`}>Documents</a> <span aria-hidden="true">/</span> batch
        </p>
        <ScreenTitle title="Batch">
          Batch <span class="id">{id}</span>
        </ScreenTitle>
      </header>
      {isWaiting && <Notice title="No document has come in under this correlation id yet" />}
      {error !== undefined && !isWaiting && <ErrorNotice error={error} retry={reload} />}
      {progress === undefined && !isWaiting && <Loading />}
      {progress !== undefined && <Standing progress={progress} amounts={data?.amounts} query={query} />}
      {data !== undefined && data.documents.length > 0 && (
        <>
          <DocumentTable documents={data.documents} />
          <Pager query={query} shown={data.documents.length} of={undefined} continuation={data.continuation} />
        </>
      )}
      {data?.documents.length === 0 && <Notice title="No document of this batch is in that state" />}
    </>
  );
}

const sentences: Readonly<Record<BatchProgress['state'], string>> = {
  running: 'Documents are being processed.',
  waiting: 'What is left waits for a person.',
  done: 'Every document has come to its end.',
};

const statuses = ['processed', 'rejected', 'failed', 'awaiting_review', 'processing'] as const;

interface StandingProps {
  readonly progress: BatchProgress;
  readonly amounts: BatchView['amounts'] | undefined;
  readonly query: URLSearchParams;
}

function Standing({ progress, amounts = [], query }: StandingProps) {
  const { state, percent, total, counts, firstUploadedAt } = progress;
  const chosen = query.get('status');
  return (
    <section class="panel" aria-labelledby="standing-title">
      <div class="panel-head">
        <h2 id="standing-title">
          {percent} % of {total} {total === 1 ? 'document' : 'documents'}
        </h2>
        <p class="muted" role="status">
          {sentences[state]}
        </p>
      </div>
      <Shares counts={counts} total={total} percent={percent} />
      <nav class="tabs" aria-label="Filter by state">
        {statuses.map((status) => (
          <a
            key={status}
            class="tab"
            aria-current={chosen === status ? 'true' : undefined}
            href={withQuery(query, { status: chosen === status ? undefined : status })}
          >
            <span class={`dot tone-${lookOf(status).tone}`} aria-hidden="true" />
            {lookOf(status).label} <span class="count">{counts[status]}</span>
          </a>
        ))}
      </nav>
      <dl class="facts">
        <div>
          <dt>First came in</dt>
          <dd>{formatFull(firstUploadedAt)}</dd>
        </div>
        {amounts.map(({ currency, documents, totalAmount }) => (
          <div key={currency ?? ''}>
            <dt>
              {currency ?? 'No currency'}, {documents} {documents === 1 ? 'document' : 'documents'}
            </dt>
            <dd>
              <strong>{formatAmount(totalAmount)}</strong>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The parts of the whole by state, and what they come to for those who cannot see them. */
const Shares = ({ counts, total, percent }: Pick<BatchProgress, 'counts' | 'total' | 'percent'>) => (
  <div class="shares">
    {statuses
      .filter((status) => counts[status] > 0)
      .map((status) => (
        <span
          key={status}
          class={`tone-${toneOf(status)}`}
          title={`${formatName(status)}: ${counts[status]}`}
          style={{ width: `${(100 * counts[status]) / total}%` }}
        />
      ))}
    <span class="visually-hidden">
      <Progress percent={percent} label="Progress of the batch" />
    </span>
  </div>
);

const toneOf = (status: string): Tone => lookOf(status).tone;
