import { useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { OperationDialog } from './operation-dialog.tsx';
import { type Operation, operations, whyImpossible } from './operations.ts';
import { RewindDialog } from './rewind-dialog.tsx';
import { useRefusal } from './use-me.ts';

interface SagaActionsProps {
  readonly saga: SagaView;
  readonly onAccepted: (done: string, operation: Operation['name']) => void;
}

export function SagaActions({ saga, onAccepted }: SagaActionsProps) {
  const [open, setOpen] = useState<Operation | 'rewind'>();
  const refusalOf = useRefusal();
  const close = (): void => setOpen(undefined);
  const accept =
    (name: Operation['name']) =>
    (done: string): void => {
      close();
      onAccepted(done, name);
    };
  const possible = operations.filter(({ name }) => whyImpossible(saga, name) === undefined);
  return (
    <div class="actions">
      {saga.runtimeStatus === 'Failed' && !saga.rewindable.yes && (
        <p class="muted">Cannot be rewound: {saga.rewindable.why}.</p>
      )}
      {refusalOf('cancel') !== undefined && <p class="muted">{refusalOf('cancel')}</p>}
      {saga.rewindable.yes && (
        <ActionButton why={refusalOf('rewind')} look="primary" onOpen={() => setOpen('rewind')} title="Rewind…" />
      )}
      {possible.map((operation) => (
        <ActionButton
          key={operation.name}
          title={operation.title}
          why={refusalOf(operation.name)}
          look={operation.isDangerous ? 'danger-quiet' : ''}
          onOpen={() => setOpen(operation)}
        />
      ))}
      {open === 'rewind' && <RewindDialog saga={saga} onAccepted={accept('rewind')} onClose={close} />}
      {open !== undefined && open !== 'rewind' && (
        <OperationDialog instanceId={saga.instanceId} operation={open} onAccepted={accept(open.name)} onClose={close} />
      )}
    </div>
  );
}

interface ActionButtonProps {
  readonly title: string;
  readonly look: string;
  /** Why the one who is signed in may not do this. */
  readonly why: string | undefined;
  readonly onOpen: () => void;
}

/** Can be reached, and says why not, where it cannot be used. */
export const ActionButton = ({ title, look, why, onOpen }: ActionButtonProps) => (
  <button
    type="button"
    class={`button ${look}`}
    aria-disabled={why === undefined ? undefined : 'true'}
    title={why}
    onClick={() => why === undefined && onOpen()}
  >
    {title}
  </button>
);
