import { useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { BulkDialog, type BulkDialogProps } from './bulk-dialog.tsx';
import { listQuery } from './list-query.ts';
import type { Place } from './location.ts';
import { Paged } from './paged.tsx';
import { Loaded, Notice, ScreenTitle } from './parts.tsx';
import { periodStart } from './period.ts';
import { PhaseTabs } from './phase-tabs.tsx';
import { SagaFilters } from './saga-filters.tsx';
import { SagaTable } from './saga-table.tsx';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

interface SagaPage {
  readonly sagas: readonly SagaView[];
  readonly continuation?: string;
}

interface SagaCounts {
  readonly counts: Readonly<Record<string, number>>;
  readonly names: readonly string[];
}

const refreshMs = 2_000;
const countMs = 5_000;

export function SagaList({ query }: Pick<Place, 'query'>) {
  const now = useNow();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [bulk, setBulk] = useState<Pick<BulkDialogProps, 'operation' | 'ids'>>();
  const started = startedSince(query, now);
  const rows = listQuery(query, ['name', 'status', 'phase', 'q'], started);
  const page = useResource<SagaPage>(`/api/sagas?${rows}`, refreshMs);
  const counted = listQuery(withoutPage(query), ['name', 'status', 'q'], { ...started, top: '1', counts: 'true' });
  const { data: all } = useResource<SagaCounts>(`/api/sagas?${counted}`, countMs);
  const close = (isOver: boolean): void => {
    setBulk(undefined);
    if (isOver) setChosen(new Set());
  };
  return (
    <>
      <header class="screen-head">
        <ScreenTitle title="Sagas" />
        <p class="muted">Every run of a process, newest first, as it goes on.</p>
      </header>
      <PhaseTabs counts={all?.counts} query={query} />
      <SagaFilters query={query} names={all?.names ?? []} />
      <Loaded of={page} rows={10}>
        {({ sagas, continuation }) => (
          <Paged
            query={query}
            shown={sagas.length}
            of={all && totalOf(all, query)}
            continuation={continuation}
            none={<NoSagas />}
          >
            <SagaTable
              sagas={sagas}
              now={now}
              chosen={chosen}
              onChoose={setChosen}
              onOperate={(operation, ids) => setBulk({ operation, ids })}
            />
          </Paged>
        )}
      </Loaded>
      {bulk !== undefined && <BulkDialog {...bulk} onClose={close} />}
    </>
  );
}

/** The period is in the address as a length, so that a link to the last hour stays one; whole minutes keep the path the same. */
function startedSince(query: URLSearchParams, now: Date): Readonly<Record<string, string>> {
  const from = periodStart(query.get('period'), now);
  return from === undefined ? {} : { from: from.toISOString() };
}

/** What is counted is the same on every page. */
function withoutPage(query: URLSearchParams): URLSearchParams {
  const whole = new URLSearchParams(query);
  whole.delete('continuation');
  return whole;
}

function totalOf({ counts }: SagaCounts, query: URLSearchParams): number {
  const phase = query.get('phase');
  return phase === null ? Object.values(counts).reduce((sum, count) => sum + count, 0) : (counts[phase] ?? 0);
}

const NoSagas = () => (
  <Notice title="No saga has run yet">
    <p>Put a document in, and it shows up here within a second:</p>
    <pre class="json">{`curl --data-binary @invoice.pdf '${location.origin}/api/documents?name=invoice.pdf'`}</pre>
  </Notice>
);
