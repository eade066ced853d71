import type { SagaView } from '../ops/saga-view.ts';
import { formatDuration, parseStepId } from './format.ts';
import { listQuery } from './list-query.ts';
import { go, type Place, sagaUrl } from './location.ts';
import { Pager } from './pager.tsx';
import { ErrorNotice, Loading, Notice, PhaseBadge, Progress, ScreenTitle, Time } from './parts.tsx';
import { PhaseTabs } from './phase-tabs.tsx';
import { SagaFilters } from './saga-filters.tsx';
import { periodStart } from './period.ts';
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

function SagaTable({ sagas, now }: { readonly sagas: readonly SagaView[]; readonly now: Date }) {
  return (
    <div class="table-frame">
      <table class="list">
        <thead>
          <tr>
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
            <SagaRow key={saga.instanceId} saga={saga} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const ended: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Terminated', 'Canceled']);

function SagaRow({ saga, now }: { readonly saga: SagaView; readonly now: Date }) {
  const { instanceId, name, phase, createdAt, updatedAt, progress, runtimeStatus } = saga;
  const end = ended.has(runtimeStatus) ? Date.parse(updatedAt) : now.getTime();
  return (
    <tr onClick={(event) => openUnlessSelecting(event, sagaUrl(instanceId))}>
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

const subjectKeys = ['name', 'id'] as const;

/** What a saga is about, where its input has a name or an id. */
export function subjectOf({ input }: SagaView): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const texts = subjectKeys.map((key) => (input as Readonly<Record<string, unknown>>)[key]);
  return texts.find((text) => typeof text === 'string');
}

function whatNow({ phase, step, attempt, error }: SagaView): string {
  if (error !== undefined && phase !== 'completed') return error.message;
  if (step === undefined || phase === 'completed') return '';
  const { name, execution } = parseStepId(step);
  return `${name} ${execution}${attempt !== undefined && attempt > 1 ? ` · attempt ${attempt}` : ''}`;
}

/** The whole row is the link's target for a mouse, unless text in it is being selected or the link itself was hit. */
export function openUnlessSelecting(event: MouseEvent, url: string): void {
  const isLink = event.target instanceof Element && event.target.closest('a') !== null;
  if (!isLink && getSelection()?.isCollapsed !== false) go(url);
}
