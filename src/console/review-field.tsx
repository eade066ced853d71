import { formatName } from './format.ts';
import { doubtOf, type ReviewFacts } from './review-facts.ts';
import { keyOf, nameOf, type SchemaField } from './schema-fields.ts';
import { Confidence } from './confidence.tsx';

interface ReviewFieldProps {
  readonly field: SchemaField;
  readonly facts: ReviewFacts;
  /** What the form began with. */
  readonly found: string;
  readonly text: string;
  readonly error: string | undefined;
  readonly onText: (text: string) => void;
}

/** One thing to decide: its input, and beside it what was found and how sure that is. */
export function ReviewField({ field, facts, found, text, error, onText }: ReviewFieldProps) {
  const id = `field-${keyOf(field)}`;
  const name = nameOf(field);
  const fact = facts.fields[name];
  const doubt = doubtOf(name, facts);
  return (
    <div class={`review-field ${doubt === undefined ? '' : 'is-doubtful'} ${text === found ? '' : 'is-changed'}`}>
      <label for={id}>
        {formatName(name)}
        {field.isRequired && <span class="muted"> (needed)</span>}
      </label>
      <Input id={id} field={field} text={text} onText={onText} />
      <p class="review-note" id={`${id}-note`}>
        {fact?.confidence !== undefined && <Confidence value={fact.confidence} />}
        {fact === undefined && doubt !== undefined && <span>{doubt}</span>}
        {text !== found && found !== '' && <span>found: {found}</span>}
        {fact !== undefined && fact.cues.length > 0 && <span class="cues">{fact.cues.map(formatName).join(', ')}</span>}
        {error !== undefined && (
          <span class="refusal" role="alert">
            {error}
          </span>
        )}
      </p>
    </div>
  );
}

interface InputProps extends Pick<ReviewFieldProps, 'field' | 'text' | 'onText'> {
  readonly id: string;
}

function Input({ id, field, text, onText }: InputProps) {
  const common = {
    id,
    value: text,
    'aria-required': field.isRequired,
    'aria-describedby': `${id}-note`,
    title: field.hint,
  };
  const onInput = (event: { readonly currentTarget: { readonly value: string } }): void =>
    onText(event.currentTarget.value);
  switch (field.kind) {
    case 'choice':
    case 'flag': {
      const choices = field.kind === 'flag' ? ['true', 'false'] : field.choices;
      return (
        <select {...common} onChange={onInput}>
          <option value="" />
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {formatName(choice)}
            </option>
          ))}
        </select>
      );
    }
    case 'json':
      return <textarea {...common} rows={3} onInput={onInput} />;
    case 'date':
      return <input {...common} type="date" onInput={onInput} />;
    case 'number':
      return <input {...common} inputMode="decimal" onInput={onInput} />;
    case 'text':
      return <input {...common} onInput={onInput} />;
  }
}
