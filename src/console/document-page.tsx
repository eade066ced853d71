import type { DocumentRecord } from '../documents/document-record.ts';
import { Confidence } from './confidence.tsx';
import { DocumentViewer } from './document-viewer.tsx';
import { formatAmount, formatBytes, formatFull, formatName, formatValue } from './format.ts';
import { batchUrl, root, sagaUrl } from './location.ts';
import { ErrorNotice, Loading, Notice, PhaseBadge, ScreenTitle } from './parts.tsx';
import { useResource } from './use-resource.ts';

const refreshMs = 3_000;

export function DocumentPage({ id }: { readonly id: string }) {
  const { data, error, reload } = useResource<DocumentRecord>(`/api/documents/${encodeURIComponent(id)}`, refreshMs);
  return (
    <>
      <header class="screen-head">
        <p class="crumbs">
          <a href={`${root}/documents`}>Documents</a> <span aria-hidden="true">/</span> {id}
        </p>
        <div class="head-row">
          <ScreenTitle title={data?.name ?? id} />
          {data !== undefined && <PhaseBadge phase={data.status} />}
        </div>
        {data !== undefined && <RecordFacts record={data} />}
      </header>
      {error !== undefined && <ErrorNotice error={error} retry={reload} />}
      {data === undefined && error === undefined && <Loading />}
      {data?.error !== undefined && (
        <div class="callout tone-bad">
          <div>
            <strong>{data.error.code}</strong>
            <p>{data.error.message}</p>
          </div>
        </div>
      )}
      {data !== undefined && (
        <div class="desk">
          <div>
            <Extraction record={data} />
            {data.review !== undefined && <ReviewNote review={data.review} />}
          </div>
          <DocumentViewer documentId={id} name={data.name} />
        </div>
      )}
    </>
  );
}

function RecordFacts({ record }: { readonly record: DocumentRecord }) {
  const facts = [
    ['Kind', record.category === undefined ? undefined : formatName(record.category)],
    ['Type', record.contentType],
    ['Size', record.sizeBytes === undefined ? undefined : formatBytes(record.sizeBytes)],
    ['Uploaded', formatFull(record.uploadedAt)],
    ['Processed', record.processedAt === undefined ? undefined : formatFull(record.processedAt)],
  ] as const;
  return (
    <dl class="facts">
      {facts.map(([label, value]) => value !== undefined && <FactLine key={label} label={label} value={value} />)}
      <div>
        <dt>Saga</dt>
        <dd class="id">
          <a href={sagaUrl(record.instanceId)}>{record.instanceId}</a>
        </dd>
      </div>
      <div>
        <dt>Batch</dt>
        <dd class="id">
          <a href={batchUrl(record.correlationId)}>{record.correlationId}</a>
        </dd>
      </div>
      {record.sha256 !== undefined && (
        <div>
          <dt>SHA-256</dt>
          <dd class="id" title={record.sha256}>
            {record.sha256.slice(0, 16)}…
          </dd>
        </div>
      )}
    </dl>
  );
}

const FactLine = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <div>
    <dt>{label}</dt>
    <dd>{value}</dd>
  </div>
);

function Extraction({ record: { extraction } }: { readonly record: DocumentRecord }) {
  if (extraction === undefined) return <Notice title="Nothing has been read from it" />;
  const { extractor, model, inputTokens, outputTokens, lineItems } = extraction;
  const tokens = inputTokens === undefined ? '' : `, ${inputTokens} + ${outputTokens ?? 0} tokens`;
  const fields = Object.entries(extraction.fields).flatMap(([name, field]) => (field ? [{ name, field }] : []));
  return (
    <section class="panel" aria-labelledby="fields-title">
      <div class="panel-head">
        <h2 id="fields-title">Fields</h2>
        <p class="muted">
          read by {model ?? `the ${extractor} extractor`}
          {tokens}
        </p>
      </div>
      {fields.length === 0 && <p class="muted">No field was found.</p>}
      <dl class="extracted">
        {fields.map(({ name, field }) => (
          <div key={name}>
            <dt>{formatName(name)}</dt>
            <dd class="extracted-value">{formatField(name, field.value)}</dd>
            <dd class="review-note">
              <Confidence value={field.confidence} />
              {field.found !== undefined && <span>found: {formatValue(field.found)}</span>}
              {field.cues !== undefined && <span class="cues">{field.cues.map(formatName).join(', ')}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {lineItems.length > 0 && <LineItems items={lineItems} />}
    </section>
  );
}

const formatField = (name: string, value: string | number): string =>
  typeof value === 'number' && name.endsWith('Amount') ? formatAmount(value) : formatValue(value);

type Items = NonNullable<DocumentRecord['extraction']>['lineItems'];

const amountOf = (value: number | undefined): string => (value === undefined ? '' : formatAmount(value));

const LineItems = ({ items }: { readonly items: Items }) => (
  <div class="table-frame">
    <table class="list is-still">
      <caption class="visually-hidden">Line items</caption>
      <thead>
        <tr>
          <th scope="col">Item</th>
          <th scope="col" class="number">
            Quantity
          </th>
          <th scope="col" class="number">
            Unit price
          </th>
          <th scope="col" class="number">
            Amount
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((item, n) => (
          <tr key={n}>
            <td>{item.description}</td>
            <td class="number">{formatValue(item.quantity ?? '')}</td>
            <td class="number">{amountOf(item.unitPrice)}</td>
            <td class="number">{amountOf(item.amount)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const ReviewNote = ({ review }: { readonly review: NonNullable<DocumentRecord['review']> }) => (
  <section class="panel" aria-labelledby="decision-title">
    <div class="panel-head">
      <h2 id="decision-title">Decision</h2>
    </div>
    <p>
      {review.decision === 'approve' ? 'Approved' : 'Rejected'} by <strong>{review.by}</strong>, {formatFull(review.at)}
      {review.reason !== undefined && `: ${review.reason}`}
    </p>
  </section>
);
