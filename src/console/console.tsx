import { useContext, useEffect, useState } from 'preact/hooks';
import type { Me } from '../http/me.http.ts';
import { keyWanted } from './api.ts';
import { BatchPage } from './batch-page.tsx';
import { DocumentList } from './document-list.tsx';
import { DocumentPage } from './document-page.tsx';
import { KeyDialog } from './key-dialog.tsx';
import { type Place, root, usePlace } from './location.ts';
import { Notice, ScreenTitle } from './parts.tsx';
import { OrderList } from './order-list.tsx';
import { OrderPage } from './order-page.tsx';
import { ReviewQueue, type ReviewList } from './review-queue.tsx';
import { SagaList } from './saga-list.tsx';
import { SagaPage } from './saga-page.tsx';
import { useFocusKept, useFocusOnTitle } from './use-focus.ts';
import { MeContext } from './use-me.ts';
import { useResource } from './use-resource.ts';

const reviewsRefreshMs = 5_000;

export function Console() {
  const place = usePlace();
  const [isKeyWanted, setKeyWanted] = useState(false);
  useEffect(() => {
    const ask = (): void => setKeyWanted(true);
    window.addEventListener(keyWanted, ask);
    return () => window.removeEventListener(keyWanted, ask);
  }, []);
  const section = sectionOf(place);
  const screen = place.segments.join('/');
  useFocusOnTitle(screen);
  useFocusKept();
  const { data: me } = useResource<Me>('/api/me');
  return (
    <MeContext.Provider value={me}>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Sidebar section={section} />
      <main id="main" key={screen}>
        <Screen {...place} />
      </main>
      {isKeyWanted && <KeyDialog />}
    </MeContext.Provider>
  );
}

/** A batch is one of documents. */
function sectionOf({ segments: [section = 'sagas'] }: Place): string {
  return section === 'batches' ? 'documents' : section;
}

function Screen({ segments, query }: Place) {
  const [section, id] = segments;
  switch (section) {
    case undefined:
      return <SagaList query={query} />;
    case 'sagas':
      return id === undefined ? <SagaList query={query} /> : <SagaPage id={id} query={query} />;
    case 'reviews':
      return <ReviewQueue />;
    case 'documents':
      return id === undefined ? <DocumentList query={query} /> : <DocumentPage id={id} />;
    case 'batches':
      return id === undefined ? <DocumentList query={query} /> : <BatchPage id={id} query={query} />;
    case 'orders':
      return id === undefined ? <OrderList query={query} /> : <OrderPage id={id} />;
    default:
      return (
        <>
          <ScreenTitle title="No such page" />
          <Notice title="There is nothing here">
            <p>
              <a href={root}>Show all sagas</a>
            </p>
          </Notice>
        </>
      );
  }
}

const sections = [
  { name: 'sagas', label: 'Sagas', href: root },
  { name: 'reviews', label: 'Reviews', href: `${root}/reviews` },
  { name: 'documents', label: 'Documents', href: `${root}/documents` },
  { name: 'orders', label: 'Orders', href: `${root}/orders` },
] as const;

function Sidebar({ section }: { readonly section: string }) {
  const { data } = useResource<ReviewList>('/api/reviews', reviewsRefreshMs);
  const open = data?.reviews.length ?? 0;
  return (
    <nav class="sidebar" aria-label="Main">
      <a class="brand" href={root}>
        <img src="/api/console/assets/icon.svg" alt="" width="22" height="22" />
        durable-saga
      </a>
      <ul>
        {sections.map(({ name, label, href }) => (
          <li key={name}>
            <a href={href} aria-current={name === section ? 'page' : undefined}>
              {label}
              {name === 'reviews' && open > 0 && (
                <span class="count" aria-label={`${open} open`}>
                  {open}
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <Signature />
    </nav>
  );
}

function Signature() {
  const me = useContext(MeContext);
  if (me?.name === undefined) return null;
  return (
    <p class="signature">
      {me.name}
      <span class="muted">{me.roles.at(-1) ?? 'no role'}</span>
    </p>
  );
}
