import { useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { postJson } from './api.ts';
import { formatDuration, formatFull, formatName, formatValue } from './format.ts';
import { RefusalText, useSubmission, WhoAndWhy } from './operation-form.tsx';
import { ErrorNotice, Json, Loading } from './parts.tsx';
import { prefill, readFacts, type ReviewFacts } from './review-facts.ts';
import { ReviewField } from './review-field.tsx';
import type { OpenReview, ReviewList } from './review-queue.tsx';
import { fieldsOf, keyOf, nameOf, readForm, type SchemaField, type Texts } from './schema-fields.ts';
import { useRefusal } from './use-me.ts';
import { useNow } from './use-now.ts';
import { useResource } from './use-resource.ts';

interface ReviewPanelProps {
  readonly instanceId: string;
  readonly review: NonNullable<SagaView['review']>;
  readonly onDecided: (done: string) => void;
}

/** The question with its facts, and the form of its decision, whose schema the list of open reviews carries. */
export function ReviewPanel({ instanceId, review, onDecided }: ReviewPanelProps) {
  const { data, error, reload } = useResource<ReviewList>('/api/reviews');
  const now = useNow();
  const open = data?.reviews.find((one) => one.instanceId === instanceId && one.id === review.id);
  return (
    <section class="panel review" aria-labelledby="review-title">
      <div class="panel-head">
        <h2 id="review-title">Review: {formatName(review.name)}</h2>
        <p class="muted" title={formatFull(review.deadline)}>
          decides itself in {formatDuration(Date.parse(review.deadline) - now.getTime())}
        </p>
      </div>
      {error !== undefined && <ErrorNotice error={error} retry={reload} />}
      {data === undefined && error === undefined && <Loading />}
      {data !== undefined && open === undefined && <p class="muted">This review takes no decision now.</p>}
      {open !== undefined && <DecisionForm open={open} onDecided={onDecided} />}
    </section>
  );
}

/** Of the document that a review is about, where it is about one. */
export function reviewedDocument({
  of,
}: Pick<ReviewPanelProps['review'], 'of'>): { id: string; name: string } | undefined {
  if (typeof of !== 'object' || of === null || !('documentId' in of) || typeof of.documentId !== 'string')
    return undefined;
  return { id: of.documentId, name: 'name' in of ? String(of.name) : of.documentId };
}

interface DecisionFormProps {
  readonly open: OpenReview;
  readonly onDecided: (done: string) => void;
}

function DecisionForm({ open, onDecided }: DecisionFormProps) {
  const facts = readFacts(open.of);
  const fields = open.decisionSchema === undefined ? [] : fieldsOf(open.decisionSchema);
  const [found] = useState(() => prefill(fields, facts));
  const [texts, setTexts] = useState(found);
  const [errors, setErrors] = useState<Texts>({});
  const path = `/api/sagas/${encodeURIComponent(open.instanceId)}/reviews/${encodeURIComponent(open.id)}`;
  const { signature, refusal, isSending, submit } = useSubmission(
    (body) => postJson(path, body),
    () => onDecided('Decision: accepted.'),
  );
  const why = useRefusal()('review');
  const isClosed = isSending || why !== undefined;
  const form = readForm(fields, texts, found);
  const changed = fields.filter((field) => (texts[keyOf(field)] ?? '') !== (found[keyOf(field)] ?? '')).length;

  const decide = (event: SubmitEvent): void => {
    event.preventDefault();
    const isReject = event.submitter?.getAttribute('value') === 'reject';
    if (isReject) return submit({ decision: 'reject' });
    setErrors(form.ok ? {} : form.errors);
    if (form.ok) submit({ decision: 'approve', data: form.value });
  };
  return (
    <form onSubmit={decide} noValidate={false}>
      <OtherFacts facts={facts} fields={fields} />
      <div class="review-fields">
        {fields.map((field) => (
          <ReviewField
            key={keyOf(field)}
            field={field}
            facts={facts}
            found={found[keyOf(field)] ?? ''}
            text={texts[keyOf(field)] ?? ''}
            error={errors[keyOf(field)] ?? refusal?.errors.find((one) => one.field === `data.${keyOf(field)}`)?.message}
            onText={(text) => setTexts((before) => ({ ...before, [keyOf(field)]: text }))}
          />
        ))}
      </div>
      <WhoAndWhy {...signature} isReasonNeeded={false} />
      {why !== undefined && <p class="muted">{why}</p>}
      <RefusalText refusal={refusal} />
      <div class="dialog-actions">
        <button type="submit" class="button danger-quiet" name="decision" value="reject" disabled={isClosed}>
          Reject
        </button>
        <button type="submit" class="button primary" name="decision" value="approve" disabled={isClosed}>
          {changed === 0 ? 'Approve as it is' : `Approve with ${changed} ${changed === 1 ? 'change' : 'changes'}`}
        </button>
      </div>
    </form>
  );
}

/** What is known and not asked for. */
function OtherFacts({ facts, fields }: { readonly facts: ReviewFacts; readonly fields: readonly SchemaField[] }) {
  const asked = new Set(fields.map(nameOf));
  const others = Object.entries(facts.others).filter(([name]) => !asked.has(name));
  if (others.length === 0) return null;
  return (
    <dl class="facts">
      {others.map(([name, value]) => (
        <div key={name}>
          <dt>{formatName(name)}</dt>
          <dd>{typeof value === 'object' ? <Json value={value} label={formatName(name)} /> : formatValue(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
