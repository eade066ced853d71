import type { SagaView } from '../ops/saga-view.ts';
import { BulkBar } from './bulk-bar.tsx';
import { ownInputOf } from './family.ts';
import { formatDuration, parseStepId } from './format.ts';
import { sagaUrl } from './location.ts';
import { hasEnded, type Operation } from './operations.ts';
import { PhaseBadge, Progress, Time } from './parts.tsx';
import { subjectIn } from './subject.ts';
import { LinkedRow, Table } from './table.tsx';

interface SagaTableProps {
  readonly sagas: readonly SagaView[];
  readonly now: Date;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  readonly onOperate: (operation: Operation, ids: readonly string[]) => void;
}

/** What is chosen and no longer on the page is let go of. */
export function SagaTable({ sagas, now, chosen, onChoose, onOperate }: SagaTableProps) {
  const ids = sagas.map(({ instanceId }) => instanceId);
  const there = new Set(ids.filter((id) => chosen.has(id)));
  const areAll = there.size === ids.length;
  const chooseAll = (): void => onChoose(new Set(areAll ? [] : ids));
  const all = <input type="checkbox" aria-label="Choose all on this page" checked={areAll} onChange={chooseAll} />;
  return (
    <>
      {there.size > 0 && (
        <BulkBar
          count={there.size}
          onClear={() => onChoose(new Set())}
          onOperate={(operation) => onOperate(operation, [...there])}
        />
      )}
      <Table
        columns={[
          [all, 'choose'],
          ['State'],
          ['Saga'],
          ['Where it stands', 'what'],
          ['Progress', 'widest-only'],
          ['Started'],
          ['Took', 'number wide-only'],
        ]}
      >
        {sagas.map((saga) => (
          <SagaRow
            key={saga.instanceId}
            saga={saga}
            now={now}
            isChosen={there.has(saga.instanceId)}
            onChoose={(id) => onChoose(there.symmetricDifference(new Set([id])))}
          />
        ))}
      </Table>
    </>
  );
}

interface SagaRowProps {
  readonly saga: SagaView;
  readonly now: Date;
  readonly isChosen: boolean;
  readonly onChoose: (id: string) => void;
}

function SagaRow({ saga, now, isChosen, onChoose }: SagaRowProps) {
  const { instanceId, name, phase, createdAt, progress } = saga;
  const subject = subjectIn(ownInputOf(saga));
  const where = whereNow(saga);
  return (
    <LinkedRow href={sagaUrl(instanceId)} isChosen={isChosen}>
      <td class="choose">
        <input
          type="checkbox"
          aria-label={`Choose ${instanceId}`}
          checked={isChosen}
          onChange={() => onChoose(instanceId)}
        />
      </td>
      <td>
        <PhaseBadge phase={phase} />
      </td>
      <td class="main-cell" title={instanceId}>
        <a href={sagaUrl(instanceId)}>{subject ?? name}</a>
        <span class="id">
          {subject !== undefined && `${name} `}
          {instanceId}
        </span>
      </td>
      <td class="what" title={where}>
        {where}
      </td>
      <td class="widest-only">
        <Progress percent={progress} label={`Progress of ${instanceId}`} />
      </td>
      <td class="when">
        <Time at={createdAt} now={now} />
      </td>
      <td class="number wide-only">{lengthOf(saga, now)}</td>
    </LinkedRow>
  );
}

/** The engine tells times of instances in whole seconds. */
function lengthOf(saga: SagaView, now: Date): string {
  const ms = (hasEnded(saga) ? Date.parse(saga.updatedAt) : now.getTime()) - Date.parse(saga.createdAt);
  return ms < 1_000 ? '< 1 s' : formatDuration(ms);
}

function whereNow({ phase, step, attempt, error }: SagaView): string {
  if (error !== undefined && phase !== 'completed') return error.message;
  if (step === undefined || phase === 'completed') return '';
  const { name, execution } = parseStepId(step);
  return `${name} ${execution}${attempt !== undefined && attempt > 1 ? ` · attempt ${attempt}` : ''}`;
}
