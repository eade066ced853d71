import { useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { Dialog, LeaveButton } from './dialog.tsx';
import { RefusalText, useSubmission, WhoAndWhy } from './operation-form.tsx';
import { operate } from './operate.ts';
import { computeRewindPlan, type RewindChoice } from './rewind-plan.ts';
import { readJson } from './schema-fields.ts';
import { shortName } from './tell-entry.ts';

interface RewindDialogProps {
  readonly saga: SagaView;
  readonly onAccepted: (done: string) => void;
  readonly onClose: () => void;
}

export function RewindDialog({ saga, onAccepted, onClose }: RewindDialogProps) {
  const plan = computeRewindPlan(saga);
  const [action, setAction] = useState(plan[0]?.action);
  const [data, setData] = useState('');
  const [dataError, setDataError] = useState<string>();
  const { signature, refusal, isSending, submit } = useSubmission(
    (body) => operate(saga.instanceId, 'rewind', body),
    () => onAccepted('Rewind: accepted.'),
  );
  const chosen = plan.find((choice) => choice.action === action);

  const send = (event: Event): void => {
    event.preventDefault();
    if (chosen?.takesData !== true) return submit({ action });
    const read = readJson(data);
    setDataError(read.ok ? undefined : read.error);
    if (read.ok) submit({ action, data: read.value });
  };
  return (
    <Dialog title="Rewind" onClose={onClose}>
      <form onSubmit={send}>
        <p class="muted">Possible: {saga.rewindable.why}.</p>
        <fieldset class="choices">
          <legend class="visually-hidden">What the rewind does</legend>
          {plan.map((choice) => (
            <Choice key={choice.action} choice={choice} isChosen={choice === chosen} onChoose={setAction} />
          ))}
        </fieldset>
        {chosen?.takesData === true && (
          <label class="field">
            Output of the step, as JSON
            <textarea required rows={4} value={data} onInput={(event) => setData(event.currentTarget.value)} />
            {dataError !== undefined && <span class="refusal">{dataError}</span>}
          </label>
        )}
        <WhoAndWhy {...signature} isReasonNeeded />
        <RefusalText refusal={refusal} />
        <div class="dialog-actions">
          <LeaveButton />
          <button type="submit" class="button primary" aria-busy={isSending}>
            {chosen?.label ?? 'Rewind'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly choice: RewindChoice;
  readonly isChosen: boolean;
  readonly onChoose: (action: string) => void;
}

function Choice({ choice, isChosen, onChoose }: ChoiceProps) {
  const { action, label, effect, runs } = choice;
  return (
    <label class="choice">
      <input type="radio" name="action" value={action} checked={isChosen} onChange={() => onChoose(action)} />
      <span>
        <strong>{label}</strong> <code>{action}</code>
        <span class="choice-effect">{effect}</span>
        {isChosen && runs.length > 0 && <span class="choice-runs">{runs.map(shortName).join(' → ')}</span>}
      </span>
    </label>
  );
}
