import type { DocumentPage } from '../azure/document-records.ts';
import type { DocumentRecord } from '../documents/document-record.ts';
import { formatAmount, formatName } from './format.ts';
import { listQuery } from './list-query.ts';
import { documentUrl, type Place } from './location.ts';
import { Pager } from './pager.tsx';
import { ErrorNotice, Loading, Notice, PhaseBadge, ScreenTitle, Time } from './parts.tsx';
import { openUnlessSelecting } from './saga-list.tsx';
import { SearchField } from './search-field.tsx';
import { SelectFilter } from './select-filter.tsx';
import { UploadButton } from './upload-button.tsx';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

const statuses = ['processing', 'awaiting_review', 'processed', 'rejected', 'failed'] as const;
const categories = ['invoice', 'receipt', 'purchase_order', 'contract', 'other'] as const;
const refreshMs = 5_000;

export function DocumentList({ query }: Pick<Place, 'query'>) {
  const asked = listQuery(query, ['q', 'status', 'category', 'correlationId']);
  const { data, error, reload } = useResource<DocumentPage>(`/api/documents?${asked}`, refreshMs);
  return (
    <>
      <header class="screen-head">
        <div class="head-row">
          <ScreenTitle title="Documents" />
          <UploadButton />
        </div>
        <p class="muted">What came in, and what was read from it.</p>
      </header>
      <div class="filters" role="search">
        <SearchField query={query} label="Words in the document or its name" />
        <SelectFilter query={query} name="status" label="Status" all="Any status" options={statuses.map(option)} />
        <SelectFilter query={query} name="category" label="Kind" all="Any kind" options={categories.map(option)} />
      </div>
      {error !== undefined && <ErrorNotice error={error} retry={reload} />}
      {data === undefined && error === undefined && <Loading rows={10} />}
      {data?.documents.length === 0 && <NoDocuments isFiltered={query.size > 0} />}
      {data !== undefined && data.documents.length > 0 && (
        <>
          <DocumentTable documents={data.documents} />
          <Pager query={query} shown={data.documents.length} of={undefined} continuation={data.continuation} />
        </>
      )}
    </>
  );
}

const NoDocuments = ({ isFiltered }: { readonly isFiltered: boolean }) =>
  isFiltered ? (
    <Notice title="No document fits these filters" />
  ) : (
    <Notice title="No document has come in yet">
      <p>Upload some here, post them to /api/documents, or drop them into container “incoming”.</p>
    </Notice>
  );

const option = (name: string): readonly [string, string] => [name, formatName(name)];

export function DocumentTable({ documents }: Pick<DocumentPage, 'documents'>) {
  const now = useNow();
  return (
    <div class="table-frame">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Document</th>
            <th scope="col" class="wide-only">
              Vendor
            </th>
            <th scope="col" class="number">
              Total
            </th>
            <th scope="col" class="wide-only">
              Uploaded
            </th>
          </tr>
        </thead>
        <tbody>
          {documents.map((document) => (
            <tr key={document.id} onClick={(event) => openUnlessSelecting(event, documentUrl(document.id))}>
              <td>
                <PhaseBadge phase={document.status} />
              </td>
              <td class="main-cell">
                <a href={documentUrl(document.id)}>{document.name}</a>
                <span class="id">{document.category === undefined ? document.id : formatName(document.category)}</span>
              </td>
              <td class="what wide-only">{document.extraction?.fields.vendorName?.value}</td>
              <td class="number">{totalOf(document)}</td>
              <td class="when wide-only">
                <Time at={document.uploadedAt} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function totalOf({ extraction }: DocumentRecord): string {
  const { totalAmount, currency } = extraction?.fields ?? {};
  return totalAmount === undefined || totalAmount === null
    ? ''
    : `${formatAmount(totalAmount.value)} ${currency?.value ?? ''}`;
}
