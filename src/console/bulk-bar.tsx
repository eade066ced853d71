import { useState } from 'preact/hooks';
import { BulkDialog } from './bulk-dialog.tsx';
import { type Operation, operations, rewindOperation } from './operations.ts';
import { ActionButton } from './saga-actions.tsx';
import { useRefusal } from './use-me.ts';

interface BulkBarProps {
  readonly chosen: ReadonlySet<string>;
  readonly onClear: () => void;
}

/** What can be done to all that are chosen; the dialog says for each whether it can. */
export function BulkBar({ chosen, onClear }: BulkBarProps) {
  const [open, setOpen] = useState<Operation>();
  const refusalOf = useRefusal();
  return (
    <div class="bulk-bar" role="region" aria-label="Chosen sagas">
      <strong>{chosen.size} chosen</strong>
      {refusalOf('rewind') !== undefined && <span class="muted">{refusalOf('rewind')}</span>}
      {[rewindOperation, ...operations].map((operation) => (
        <ActionButton
          key={operation.name}
          title={`${operation.title}…`}
          why={refusalOf(operation.name)}
          look={operation.isDangerous ? 'danger-quiet' : ''}
          onOpen={() => setOpen(operation)}
        />
      ))}
      <button type="button" class="button quiet" onClick={onClear}>
        Choose none
      </button>
      {open !== undefined && (
        <BulkDialog
          operation={open}
          ids={[...chosen]}
          onClose={(isDone) => {
            setOpen(undefined);
            if (isDone) onClear();
          }}
        />
      )}
    </div>
  );
}
