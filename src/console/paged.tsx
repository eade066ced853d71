import type { ComponentChildren } from 'preact';
import { withQuery } from './location.ts';
import { Notice } from './parts.tsx';

interface PagedProps extends PagerProps {
  /** Shown where there is nothing at all. */
  readonly none: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The rows of a list with a way to older ones, or why there are none. */
export function Paged({ none, children, ...pager }: PagedProps) {
  if (pager.shown > 0) {
    return (
      <>
        {children}
        <Pager {...pager} />
      </>
    );
  }
  if (pager.query.size === 0) return <>{none}</>;
  return (
    <Notice title="Nothing fits these filters">
      <p>
        <a href={location.pathname}>Show all</a>
      </p>
    </Notice>
  );
}

interface PagerProps {
  readonly query: URLSearchParams;
  readonly shown: number;
  readonly of?: number | undefined;
  readonly continuation: string | undefined;
}

/** Pages are keyed by what they begin after, so the way back is the browser's own, or the first page. */
function Pager({ query, shown, of, continuation }: PagerProps) {
  const page = Number(query.get('page') ?? 1);
  return (
    <nav class="pager" aria-label="Pages">
      <span class="muted">
        {page > 1 ? `Page ${page}: ` : ''}
        {shown}
        {of === undefined ? ' shown' : ` of ${of.toLocaleString('en')}`}
      </span>
      {page > 1 && (
        <>
          <a class="button" href={withQuery(query, {})}>
            First
          </a>
          <button type="button" class="button" onClick={() => history.back()}>
            Back
          </button>
        </>
      )}
      {continuation !== undefined && (
        <a class="button" href={withQuery(query, { continuation, page: String(page + 1) })}>
          Older
        </a>
      )}
    </nav>
  );
}
