import { type Operation, operations, rewindOperation } from './operations.ts';
import { ActionButton } from './saga-actions.tsx';
import { useRefusal } from './use-me.ts';

interface BulkBarProps {
  readonly count: number;
  readonly onClear: () => void;
  readonly onOperate: (operation: Operation) => void;
}

/** What can be done to all that are chosen; a dialog says for each whether it can. */
export function BulkBar({ count, onClear, onOperate }: BulkBarProps) {
  const refusalOf = useRefusal();
  return (
    <div class="bulk-bar" role="region" aria-label="Chosen sagas">
      <strong>{count} chosen</strong>
      {refusalOf('rewind') !== undefined && <span class="muted">{refusalOf('rewind')}</span>}
      {[rewindOperation, ...operations].map((operation) => (
        <ActionButton
          key={operation.name}
          title={`${operation.title}…`}
          why={refusalOf(operation.name)}
          look={operation.isDangerous ? 'danger-quiet' : ''}
          onOpen={() => onOperate(operation)}
        />
      ))}
      <button type="button" class="button quiet" onClick={onClear}>
        Choose none
      </button>
    </div>
  );
}
