import type { Entry } from '../audit/entry.ts';
import { formatFull } from './format.ts';
import { root } from './location.ts';
import { Crumbs, Loaded, ScreenTitle } from './parts.tsx';
import { Exports, History } from './saga-history.tsx';
import { useResource } from './use-resource.ts';

interface ArchivedTrail {
  readonly head: { readonly createdAt: string };
  readonly entries: readonly Entry[];
}

/** Of a saga that the engine has forgotten, the trail is kept. */
export function ArchivedSaga({ id, query }: { readonly id: string; readonly query: URLSearchParams }) {
  const path = `/api/sagas/${encodeURIComponent(id)}/audit`;
  const trail = useResource<ArchivedTrail>(path);
  return (
    <>
      <header class="screen-head">
        <Crumbs href={root} text="Sagas">
          archive
        </Crumbs>
        <ScreenTitle title={id} />
      </header>
      <Loaded of={trail}>
        {({ head, entries }) => (
          <>
            <div class="callout tone-calm">
              <div>
                <strong>This saga was archived and deleted</strong>
                <p>It began {formatFull(head.createdAt)}. What happened is kept, as it was when it was deleted.</p>
              </div>
            </div>
            <section class="panel" aria-labelledby="history-title">
              <div class="panel-head">
                <h2 id="history-title">What happened</h2>
                <Exports path={path} id={id} />
              </div>
              <History entries={entries} isEnded query={query} />
            </section>
          </>
        )}
      </Loaded>
    </>
  );
}
