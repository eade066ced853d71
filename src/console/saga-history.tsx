import { useState } from 'preact/hooks';
import type { Entry } from '../audit/entry.ts';
import type { SagaView } from '../ops/saga-view.ts';
import { computeTimeline } from './compute-timeline.ts';
import { DownloadLink } from './download-link.tsx';
import { go, type Place, withQuery } from './location.ts';
import { ErrorNotice, Loading, Notice } from './parts.tsx';
import { Story } from './story.tsx';
import { TimelineChart } from './timeline-chart.tsx';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

interface Trail {
  readonly entries: readonly Entry[];
}

interface SagaHistoryProps {
  readonly saga: SagaView;
  readonly query: Place['query'];
}

/** No answer to a request for the trail: an instance that was rewound has none to show until it ends. */
const noHistoryYet = 409;

export function SagaHistory({ saga, query }: SagaHistoryProps) {
  const path = `/api/sagas/${encodeURIComponent(saga.instanceId)}/audit`;
  const { data, error, reload } = useResource<Trail>(path, undefined, saga);
  const isEnded = !['Running', 'Pending', 'Suspended'].includes(saga.runtimeStatus);
  const isHidden = error?.status === noHistoryYet;
  return (
    <section class="panel" aria-labelledby="history-title">
      <div class="panel-head">
        <h2 id="history-title">What happened</h2>
        <ScaleSwitch query={query} />
        <Exports path={path} id={saga.instanceId} />
      </div>
      {error !== undefined && !isHidden && <ErrorNotice error={error} retry={reload} />}
      {isHidden && <Notice title="The engine shows the history of a rewound instance when it ends." />}
      {data === undefined && error === undefined && <Loading />}
      {data !== undefined && (
        <History instanceId={saga.instanceId} entries={data.entries} isEnded={isEnded} query={query} />
      )}
    </section>
  );
}

interface HistoryProps {
  /** Of an instance whose history the engine still has. */
  readonly instanceId?: string;
  readonly entries: readonly Entry[];
  readonly isEnded: boolean;
  readonly query: Place['query'];
}

/** The picture and the words; pointing at one shows its part in the other. */
export function History({ instanceId, entries, isEnded, query }: HistoryProps) {
  const now = useNow();
  const [pointed, setPointed] = useState<number>();
  const last = Math.max(...entries.map(({ time }) => Date.parse(time)));
  const timeline = computeTimeline(entries, isEnded ? last : Math.max(last, now.getTime()));
  const mode = query.get('scale') === 'true' ? 'true' : 'legible';
  return (
    <>
      <TimelineChart timeline={timeline} mode={mode} pointed={pointed} onPoint={setPointed} />
      <Story instanceId={instanceId} entries={entries} now={now} pointed={pointed} onPoint={setPointed} />
    </>
  );
}

function ScaleSwitch({ query }: { readonly query: Place['query'] }) {
  const isTrue = query.get('scale') === 'true';
  const set = (scale: string | undefined): void => go(withQuery(query, { scale }), { replace: true });
  return (
    <div class="switch" role="group" aria-label="Time scale">
      <button type="button" aria-pressed={!isTrue} onClick={() => set(undefined)}>
        Legible
      </button>
      <button type="button" aria-pressed={isTrue} onClick={() => set('true')}>
        True time
      </button>
    </div>
  );
}

interface ExportsProps {
  readonly path: string;
  readonly id: string;
}

export const Exports = ({ path, id }: ExportsProps) => (
  <p class="exports">
    <span class="muted">Audit trail</span>
    <a href={`${path}?format=html`}>page</a>
    {['json', 'jsonl', 'csv'].map((format) => (
      <DownloadLink key={format} path={`${path}?format=${format}`} name={`${id}.${format}`} text={format} />
    ))}
  </p>
);
