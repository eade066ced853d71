import { Dialog, LeaveButton } from './dialog.tsx';
import { RefusalText, useSubmission, WhoAndWhy } from './operation-form.tsx';
import { operate } from './operate.ts';
import type { Operation } from './operations.ts';

interface OperationDialogProps {
  readonly instanceId: string;
  readonly operation: Operation;
  readonly onAccepted: (done: string) => void;
  readonly onClose: () => void;
}

export function OperationDialog({ instanceId, operation, onAccepted, onClose }: OperationDialogProps) {
  const { name, title, button, effect, isDangerous, isReasonNeeded } = operation;
  const { signature, refusal, isSending, submit } = useSubmission(
    (body) => operate(instanceId, name, body),
    () => onAccepted(`${title}: accepted.`),
  );
  const send = (event: Event): void => {
    event.preventDefault();
    submit({});
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={send}>
        <p class={isDangerous ? 'callout tone-bad' : 'muted'}>{effect}</p>
        <WhoAndWhy {...signature} isReasonNeeded={isReasonNeeded} />
        <RefusalText refusal={refusal} />
        <div class="dialog-actions">
          <LeaveButton />
          <button type="submit" class={`button ${isDangerous ? 'danger' : 'primary'}`} aria-busy={isSending}>
            {button}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
