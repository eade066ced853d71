import { useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { type Operation, OperationDialog } from './operation-dialog.tsx';
import { RewindDialog } from './rewind-dialog.tsx';

const operations: readonly Operation[] = [
  {
    name: 'suspend',
    title: 'Suspend',
    button: 'Suspend',
    effect: 'The saga stops where it is, as soon as what runs now has ended. It goes on when it is resumed.',
    isDangerous: false,
  },
  {
    name: 'resume',
    title: 'Resume',
    button: 'Resume',
    effect: 'The saga goes on where it was suspended.',
    isDangerous: false,
  },
  {
    name: 'cancel',
    title: 'Cancel and undo',
    button: 'Cancel and undo',
    effect:
      'The saga stops at its next wait, undoes what it has done, newest first, and fails. It can be rewound afterwards.',
    isDangerous: false,
  },
  {
    name: 'terminate',
    title: 'Kill',
    button: 'Kill without undoing',
    effect:
      'The saga ends at once and nothing is undone: what it has done in other systems stays. It cannot be rewound. Prefer to cancel.',
    isDangerous: true,
  },
];

const isPossible = ({ runtimeStatus, phase }: SagaView, { name }: Operation): boolean => {
  const isSuspended = runtimeStatus === 'Suspended';
  const isOpen = runtimeStatus === 'Running' || runtimeStatus === 'Pending' || isSuspended;
  switch (name) {
    case 'resume':
      return isSuspended;
    case 'suspend':
      return isOpen && !isSuspended;
    case 'cancel':
      return isOpen && !isSuspended && phase !== 'compensating';
    case 'terminate':
      return isOpen;
  }
};

interface SagaActionsProps {
  readonly saga: SagaView;
  readonly onAccepted: (done: string) => void;
}

export function SagaActions({ saga, onAccepted }: SagaActionsProps) {
  const [open, setOpen] = useState<Operation | 'rewind'>();
  const close = (): void => setOpen(undefined);
  const accepted = (done: string): void => {
    close();
    onAccepted(done);
  };
  const possible = operations.filter((operation) => isPossible(saga, operation));
  return (
    <div class="actions">
      {saga.runtimeStatus === 'Failed' && <RewindButton saga={saga} onOpen={() => setOpen('rewind')} />}
      {possible.map((operation) => (
        <button
          key={operation.name}
          type="button"
          class={`button ${operation.isDangerous ? 'danger-quiet' : ''}`}
          onClick={() => setOpen(operation)}
        >
          {operation.title}
        </button>
      ))}
      {open === 'rewind' && <RewindDialog saga={saga} onAccepted={accepted} onClose={close} />}
      {open !== undefined && open !== 'rewind' && (
        <OperationDialog instanceId={saga.instanceId} operation={open} onAccepted={accepted} onClose={close} />
      )}
    </div>
  );
}

/** Says why not where a rewind is impossible, rather than after the click. */
function RewindButton({ saga: { rewindable }, onOpen }: { readonly saga: SagaView; readonly onOpen: () => void }) {
  if (!rewindable.yes) return <p class="muted">Cannot be rewound: {rewindable.why}.</p>;
  return (
    <button type="button" class="button primary" onClick={onOpen}>
      Rewind…
    </button>
  );
}
