import { useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { BulkBar } from './bulk-bar.tsx';
import { formatDuration, parseStepId } from './format.ts';
import { listQuery } from './list-query.ts';
import { go, type Place, sagaUrl } from './location.ts';
import { hasEnded } from './operations.ts';
import { Pager } from './pager.tsx';
import { ErrorNotice, Loading, Notice, PhaseBadge, Progress, ScreenTitle, Time } from './parts.tsx';
import { PhaseTabs } from './phase-tabs.tsx';
import { SagaFilters } from './saga-filters.tsx';
import { periodStart } from './period.ts';
import { subjectOf } from './subject.ts';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

export interface SagaPage {
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
  const started = startedSince(query, now);
  const rows = listQuery(query, ['name', 'status', 'phase', 'q'], started);
  const { data, error, reload } = useResource<SagaPage>(`/api/sagas?${rows}`, refreshMs);
  const counted = listQuery(withoutPage(query), ['name', 'status', 'q'], { ...started, top: '1', counts: 'true' });
  const { data: all } = useResource<SagaCounts>(`/api/sagas?${counted}`, countMs);
  const isFiltered = [...query.keys()].some((name) => !['continuation', 'page'].includes(name));
  return (
    <>
      <header class="screen-head">
        <ScreenTitle title="Sagas" />
        <p class="muted">Every run of a process, newest first, as it goes on.</p>
      </header>
      <PhaseTabs counts={all?.counts} query={query} />
      <SagaFilters query={query} names={all?.names ?? []} />
      {error !== undefined && <ErrorNotice error={error} retry={reload} />}
      {data === undefined && error === undefined && <Loading rows={10} />}
      {data !== undefined && data.sagas.length === 0 && <NoSagas isFiltered={isFiltered} />}
      {data !== undefined && data.sagas.length > 0 && (
        <>
          <SagaTable sagas={data.sagas} now={now} />
          <Pager
            query={query}
            shown={data.sagas.length}
            of={all && totalOf(all, query)}
            continuation={data.continuation}
          />
        </>
      )}
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

function NoSagas({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Notice title="Nothing fits these filters">
        <p>
          <a href="/api/console">Show all sagas</a>
        </p>
      </Notice>
    );
  }
  return (
    <Notice title="No saga has run yet">
      <p>Put a document in, and it shows up here within a second:</p>
      <pre class="json">{`curl --data-binary @invoice.pdf '${location.origin}/api/documents?name=invoice.pdf'`}</pre>
    </Notice>
  );
}

interface SagaTableProps {
  readonly sagas: readonly SagaView[];
  readonly now: Date;
}

/** What is chosen on a page is let go of with the page. */
function SagaTable({ sagas, now }: SagaTableProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const there = new Set(sagas.map(({ instanceId }) => instanceId).filter((id) => chosen.has(id)));
  const choose = (id: string): void => setChosen(there.symmetricDifference(new Set([id])));
  const areAll = there.size === sagas.length;
  const chooseAll = (): void => setChosen(new Set(areAll ? [] : sagas.map(({ instanceId }) => instanceId)));
  return (
    <>
      {there.size > 0 && <BulkBar chosen={there} onClear={() => setChosen(new Set())} />}
      <div class="table-frame">
        <table class="list">
          <thead>
            <tr>
              <th scope="col" class="choose">
                <input type="checkbox" aria-label="Choose all on this page" checked={areAll} onChange={chooseAll} />
              </th>
              <th scope="col">State</th>
              <th scope="col">Saga</th>
              <th scope="col" class="what">
                At
              </th>
              <th scope="col" class="wide-only">
                Progress
              </th>
              <th scope="col">Started</th>
              <th scope="col" class="number wide-only">
                Took
              </th>
            </tr>
          </thead>
          <tbody>
            {sagas.map((saga) => (
              <SagaRow
                key={saga.instanceId}
                saga={saga}
                now={now}
                isChosen={there.has(saga.instanceId)}
                onChoose={choose}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface SagaRowProps {
  readonly saga: SagaView;
  readonly now: Date;
  readonly isChosen: boolean;
  readonly onChoose: (id: string) => void;
}

function SagaRow({ saga, now, isChosen, onChoose }: SagaRowProps) {
  const { instanceId, name, phase, createdAt, updatedAt, progress } = saga;
  const end = hasEnded(saga) ? Date.parse(updatedAt) : now.getTime();
  return (
    <tr class={isChosen ? 'is-chosen' : ''} onClick={(event) => openUnlessSelecting(event, sagaUrl(instanceId))}>
      <td class="choose">
        <input
          type="checkbox"
          aria-label={`Choose ${instanceId}`}
          checked={isChosen}
          onChange={() => onChoose(instanceId)}
        />
      </td>
      <td>
        <PhaseBadge phase={phase} />
      </td>
      <td class="main-cell">
        <a href={sagaUrl(instanceId)}>{subjectOf(saga) ?? name}</a>
        <span class="id">
          {subjectOf(saga) !== undefined && `${name} `}
          {instanceId}
        </span>
      </td>
      <td class="what">{whatNow(saga)}</td>
      <td class="wide-only">
        <Progress percent={progress} label={`Progress of ${instanceId}`} />
      </td>
      <td class="when">
        <Time at={createdAt} now={now} />
      </td>
      <td class="number wide-only">{formatDuration(end - Date.parse(createdAt))}</td>
    </tr>
  );
}

function whatNow({ phase, step, attempt, error }: SagaView): string {
  if (error !== undefined && phase !== 'completed') return error.message;
  if (step === undefined || phase === 'completed') return '';
  const { name, execution } = parseStepId(step);
  return `${name} ${execution}${attempt !== undefined && attempt > 1 ? ` · attempt ${attempt}` : ''}`;
}

/** The whole row is the link's target for a mouse, unless text in it is being selected or a control of its own was hit. */
export function openUnlessSelecting(event: MouseEvent, url: string): void {
  const isControl = event.target instanceof Element && event.target.closest('a, .choose') !== null;
  if (!isControl && getSelection()?.isCollapsed !== false) go(url);
}
