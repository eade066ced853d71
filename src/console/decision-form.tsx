import { useState } from 'preact/hooks';
import { sendJson } from './api.ts';
import { formatCount, formatName, formatValue } from './format.ts';
import { RefusalText, useSubmission, WhoAndWhy } from './operation-form.tsx';
import { Fact } from './parts.tsx';
import { flatten, prefill, readFacts, type ReviewFacts } from './review-facts.ts';
import { ReviewField } from './review-field.tsx';
import type { OpenReview } from './review-queue.tsx';
import { fieldsOf, keyOf, nameOf, readForm, type SchemaField, type Texts } from './schema-fields.ts';
import { useRefusal } from './use-me.ts';

export interface DecisionFormProps {
  readonly review: OpenReview;
  readonly onDecided: (done: string) => void;
}

/** What a person is asked, beside what was found, and the two answers. */
export function DecisionForm({ review: open, onDecided }: DecisionFormProps) {
  const facts = readFacts(open.of);
  const fields = open.decisionSchema === undefined ? [] : fieldsOf(open.decisionSchema);
  const [found] = useState(() => prefill(fields, facts));
  const [texts, setTexts] = useState(found);
  const [errors, setErrors] = useState<Texts>({});
  const path = `/api/sagas/${encodeURIComponent(open.instanceId)}/reviews/${encodeURIComponent(open.id)}`;
  const { signature, refusal, isSending, submit } = useSubmission(
    (body) => sendJson('POST', path, body),
    () => onDecided('Decision: accepted.'),
  );
  const why = useRefusal()('review');
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
    <form onSubmit={decide}>
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
      <Answers changed={changed} isSending={isSending} isClosed={why !== undefined} />
    </form>
  );
}

interface AnswersProps {
  readonly changed: number;
  readonly isSending: boolean;
  readonly isClosed: boolean;
}

function Answers({ changed, isSending, isClosed }: AnswersProps) {
  const answers = [
    ['reject', 'danger-quiet', 'Reject'],
    ['approve', 'primary', changed === 0 ? 'Approve as it is' : `Approve with ${formatCount(changed, 'change')}`],
  ] as const;
  return (
    <div class="dialog-actions">
      {answers.map(([value, look, text]) => (
        <button
          key={value}
          type="submit"
          class={`button ${look}`}
          value={value}
          aria-busy={isSending}
          disabled={isClosed}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

/** What is known and not asked for. */
function OtherFacts({ facts, fields }: { readonly facts: ReviewFacts; readonly fields: readonly SchemaField[] }) {
  const asked = new Set(fields.map(nameOf));
  const others = flatten(facts.others).filter(([name]) => !asked.has(name));
  if (others.length === 0) return null;
  return (
    <dl class="facts">
      {others.map(([name, value]) => (
        <Fact key={name} label={formatName(name)}>
          {formatValue(value)}
        </Fact>
      ))}
    </dl>
  );
}
