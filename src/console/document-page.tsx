import type { DocumentRecord } from '../documents/document-record.ts';
import { Confidence } from './confidence.tsx';
import { DocumentViewer } from './document-viewer.tsx';
import { formatAmount, formatBytes, formatFull, formatName, formatValue } from './format.ts';
import { LineTable } from './line-table.tsx';
import { batchUrl, root } from './location.ts';
import { Crumbs, Fact, Failure, Loaded, Notice, PhaseBadge, ScreenTitle } from './parts.tsx';
import { SagaFact } from './saga-fact.tsx';
import { useResource } from './use-resource.ts';

const refreshMs = 3_000;

export function DocumentPage({ id }: { readonly id: string }) {
  const document = useResource<DocumentRecord>(`/api/documents/${encodeURIComponent(id)}`, refreshMs);
  const { data } = document;
  return (
    <>
      <header class="screen-head">
        <Crumbs href={`${root}/documents`} text="Documents">
          {id}
        </Crumbs>
        <div class="head-row">
          <ScreenTitle title={data?.name ?? id} />
          {data !== undefined && <PhaseBadge phase={data.status} />}
        </div>
        {data !== undefined && <RecordFacts record={data} />}
      </header>
      <Loaded of={document}>
        {(record) => (
          <>
            {record.error !== undefined && <Failure {...record.error} />}
            <div class="desk">
              <div>
                <Extraction record={record} />
                {record.review !== undefined && <ReviewNote review={record.review} />}
              </div>
              <DocumentViewer documentId={id} name={record.name} />
            </div>
          </>
        )}
      </Loaded>
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
      {facts.map(
        ([label, value]) =>
          value !== undefined && (
            <Fact key={label} label={label}>
              {value}
            </Fact>
          ),
      )}
      <SagaFact instanceId={record.instanceId} cause={record} />
      <Fact label="Batch">
        <a class="id" href={batchUrl(record.correlationId)}>
          {record.correlationId}
        </a>
      </Fact>
      {record.sha256 !== undefined && (
        <Fact label="SHA-256">
          <span class="id" title={record.sha256}>
            {record.sha256.slice(0, 16)}…
          </span>
        </Fact>
      )}
    </dl>
  );
}

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
      {lineItems.length > 0 && (
        <LineTable
          caption="Line items"
          lines={lineItems.map(({ description, ...numbers }) => ({ text: description, ...numbers }))}
        />
      )}
    </section>
  );
}

const formatField = (name: string, value: string | number): string =>
  typeof value === 'number' && name.endsWith('Amount') ? formatAmount(value) : formatValue(value);

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
