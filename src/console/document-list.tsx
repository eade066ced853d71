import type { DocumentPage } from '../azure/document-records.ts';
import type { DocumentRecord } from '../documents/document-record.ts';
import { formatAmount, formatName } from './format.ts';
import { listQuery } from './list-query.ts';
import { documentUrl, type Place } from './location.ts';
import { Paged } from './paged.tsx';
import { Loaded, Notice, PhaseBadge, ScreenTitle, Time } from './parts.tsx';
import { SearchField } from './search-field.tsx';
import { SelectFilter } from './select-filter.tsx';
import { LinkedRow, Table } from './table.tsx';
import { UploadButton } from './upload-button.tsx';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

const statuses = ['processing', 'awaiting_review', 'processed', 'rejected', 'failed'] as const;
const categories = ['invoice', 'receipt', 'purchase_order', 'contract', 'other'] as const;
const refreshMs = 5_000;

export function DocumentList({ query }: Pick<Place, 'query'>) {
  const asked = listQuery(query, ['q', 'status', 'category', 'correlationId']);
  const page = useResource<DocumentPage>(`/api/documents?${asked}`, refreshMs);
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
        <SelectFilter query={query} name="status" label="State" all="Any state" options={statuses.map(option)} />
        <SelectFilter query={query} name="category" label="Kind" all="Any kind" options={categories.map(option)} />
      </div>
      <Loaded of={page} rows={10}>
        {({ documents, continuation }) => (
          <Paged query={query} shown={documents.length} continuation={continuation} none={<NoDocuments />}>
            <DocumentTable documents={documents} />
          </Paged>
        )}
      </Loaded>
    </>
  );
}

const NoDocuments = () => (
  <Notice title="No document has come in yet">
    <p>Upload some here, post them to /api/documents, or drop them into container “incoming”.</p>
  </Notice>
);

const option = (name: string): readonly [string, string] => [name, formatName(name)];

export function DocumentTable({ documents }: Pick<DocumentPage, 'documents'>) {
  const now = useNow();
  return (
    <Table columns={[['State'], ['Document'], ['Vendor', 'wide-only'], ['Total', 'number'], ['Uploaded', 'wide-only']]}>
      {documents.map((document) => (
        <LinkedRow key={document.id} href={documentUrl(document.id)}>
          <td>
            <PhaseBadge phase={document.status} />
          </td>
          <td class="main-cell">
            <a href={documentUrl(document.id)}>{document.name}</a>
            {document.category === undefined ? (
              <span class="id">{document.id}</span>
            ) : (
              <span class="muted">{formatName(document.category)}</span>
            )}
          </td>
          <td class="what wide-only">{document.extraction?.fields.vendorName?.value}</td>
          <td class="number">{totalOf(document)}</td>
          <td class="when wide-only">
            <Time at={document.uploadedAt} now={now} />
          </td>
        </LinkedRow>
      ))}
    </Table>
  );
}

function totalOf({ extraction }: DocumentRecord): string {
  const { totalAmount, currency } = extraction?.fields ?? {};
  return totalAmount === undefined || totalAmount === null
    ? ''
    : `${formatAmount(totalAmount.value)} ${currency?.value ?? ''}`;
}
