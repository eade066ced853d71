import { withQuery } from './location.ts';

interface PagerProps {
  readonly query: URLSearchParams;
  readonly shown: number;
  readonly of: number | undefined;
  readonly continuation?: string | undefined;
}

/** Pages are keyed by what they begin after, so the way back is the browser's own, or the first page. */
export function Pager({ query, shown, of, continuation }: PagerProps) {
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
