import type { BatchProgress } from '../documents/batch.ts';
import type { BatchView } from '../functions/batches.http.ts';
import { DocumentTable } from './document-list.tsx';
import { formatAmount, formatCount, formatFull, formatName } from './format.ts';
import { listQuery } from './list-query.ts';
import { type Place, root, withQuery } from './location.ts';
import { Paged } from './paged.tsx';
import { Crumbs, Fact, Loaded, Notice, Progress, ScreenTitle } from './parts.tsx';
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
  const progress = useLive<BatchProgress>(`/api/events/stream?correlationId=${encodeURIComponent(id)}`);
  const path = `/api/batches/${encodeURIComponent(id)}?${listQuery(query, ['status'])}`;
  const batch = useResource<BatchView>(path, refreshMs, progress.data);
  return (
    <>
      <header class="screen-head">
        <Crumbs href={`${root}/documents`} text="Documents">
          batch
        </Crumbs>
        <ScreenTitle title={`Batch ${id}`}>
          Batch <span class="id">{id}</span>
        </ScreenTitle>
      </header>
      {batch.error?.status === 404 ? (
        <Notice title="No document has come in under this correlation id yet" />
      ) : (
        <Loaded of={batch}>
          {(view) => (
            <>
              <Standing batch={view} query={query} />
              <Paged query={query} shown={view.documents.length} continuation={view.continuation} none={null}>
                <DocumentTable documents={view.documents} />
              </Paged>
            </>
          )}
        </Loaded>
      )}
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
  readonly batch: BatchView;
  readonly query: URLSearchParams;
}

function Standing({ batch, query }: StandingProps) {
  const { state, percent, total, counts, firstUploadedAt, amounts } = batch;
  const chosen = query.get('status');
  return (
    <section class="panel" aria-labelledby="standing-title">
      <div class="panel-head">
        <h2 id="standing-title">
          {percent} % of {formatCount(total, 'document')} done
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
        <Fact label="First came in">{formatFull(firstUploadedAt)}</Fact>
        {amounts.map(({ currency, documents, totalAmount }) => (
          <Fact key={currency ?? ''} label={`${currency ?? 'No currency'}, ${formatCount(documents, 'document')}`}>
            <strong>{formatAmount(totalAmount)}</strong>
          </Fact>
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
