import { useState } from 'preact/hooks';
import { type BulkRow, BulkTable } from './bulk-table.tsx';
import { Dialog, LeaveButton } from './dialog.tsx';
import { formatCount } from './format.ts';
import { RefusalText, useSubmission, WhoAndWhy } from './operation-form.tsx';
import { forecast, type Operation } from './operations.ts';
import { Loading } from './parts.tsx';
import { useBulkRun } from './use-bulk-run.ts';
import { useSagas } from './use-sagas.ts';

export interface BulkDialogProps {
  readonly operation: Operation;
  readonly ids: readonly string[];
  readonly onClose: (isDone: boolean) => void;
}

/** Says of each saga what will happen before it does, and how it went when it has. */
export function BulkDialog({ operation, ids, onClose }: BulkDialogProps) {
  const { name, title, button, effect, isDangerous, isReasonNeeded } = operation;
  const [action, setAction] = useState('retry');
  const [isOver, setOver] = useState(false);
  const rows = useForecasts(ids, name, action);
  const possible = rows?.filter((row) => row.forecast.isPossible).map(({ id }) => id) ?? [];
  const { outcomes, runAll } = useBulkRun(name, possible);
  const { signature, refusal, isSending, submit } = useSubmission(runAll, () => setOver(true));
  const send = (event: Event): void => {
    event.preventDefault();
    submit(name === 'rewind' ? { action } : {});
  };
  const accepted = [...outcomes.values()].filter(({ state }) => state === 'accepted').length;
  const sum =
    isOver || isSending
      ? `${accepted} of ${possible.length} accepted.`
      : `Possible for ${possible.length} of ${ids.length}.`;
  return (
    <Dialog title={`${title}: ${formatCount(ids.length, 'saga')}`} isWide onClose={() => onClose(isOver)}>
      <form onSubmit={send}>
        <p class={isDangerous ? 'callout tone-bad' : 'muted'}>{effect}</p>
        {name === 'rewind' && !isOver && <ActionChoice action={action} onAction={setAction} />}
        {rows === undefined ? <Loading rows={ids.length} /> : <BulkTable rows={rows} outcomes={outcomes} />}
        <p role="status" class="bulk-sum">
          {rows !== undefined && sum}
        </p>
        {!isOver && <WhoAndWhy {...signature} isReasonNeeded={isReasonNeeded} />}
        <RefusalText refusal={refusal} />
        <div class="dialog-actions">
          <LeaveButton label={isOver ? 'Close' : isSending ? 'Stop here' : 'Leave them'} />
          {!isOver && (
            <button
              type="submit"
              class={`button ${isDangerous ? 'danger' : 'primary'}`}
              aria-busy={isSending}
              disabled={possible.length === 0}
            >
              {button} {possible.length}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

function useForecasts(ids: readonly string[], name: Operation['name'], action: string): BulkRow[] | undefined {
  return useSagas(ids)?.map(({ id, saga, error }) => ({
    id,
    saga,
    forecast: saga === undefined ? { isPossible: false, text: error } : forecast(saga, name, action),
  }));
}

interface ActionChoiceProps {
  readonly action: string;
  readonly onAction: (action: string) => void;
}

const actions = [
  ['retry', 'Try again what failed'],
  ['compensate', 'Undo what was done'],
  ['abort', 'Give up'],
] as const;

const ActionChoice = ({ action, onAction }: ActionChoiceProps) => (
  <div class="switch bulk-choice" role="group" aria-label="What the rewind does">
    {actions.map(([one, text]) => (
      <button key={one} type="button" aria-pressed={one === action} onClick={() => onAction(one)}>
        {text}
      </button>
    ))}
  </div>
);
