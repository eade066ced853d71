import { Dialog, LeaveButton } from './dialog.tsx';
import { RefusalText, useSubmission, WhoAndWhy } from './operation-form.tsx';

export interface Operation {
  /** Last segment of its path. */
  readonly name: 'cancel' | 'terminate' | 'suspend' | 'resume';
  readonly title: string;
  readonly button: string;
  /** What it does, and what it does not do. */
  readonly effect: string;
  readonly isDangerous: boolean;
}

interface OperationDialogProps {
  readonly instanceId: string;
  readonly operation: Operation;
  readonly onAccepted: (done: string) => void;
  readonly onClose: () => void;
}

export function OperationDialog({ instanceId, operation, onAccepted, onClose }: OperationDialogProps) {
  const { name, title, button, effect, isDangerous } = operation;
  const path = `/api/sagas/${encodeURIComponent(instanceId)}/${name}`;
  const { signature, refusal, isSending, submit } = useSubmission(path, () => onAccepted(`${title}: accepted.`));
  const send = (event: Event): void => {
    event.preventDefault();
    submit({});
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={send}>
        <p class={isDangerous ? 'callout tone-bad' : 'muted'}>{effect}</p>
        <WhoAndWhy {...signature} isReasonNeeded={isDangerous} />
        <RefusalText refusal={refusal} />
        <div class="dialog-actions">
          <LeaveButton />
          <button type="submit" class={`button ${isDangerous ? 'danger' : 'primary'}`} disabled={isSending}>
            {button}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
