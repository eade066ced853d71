import { useState } from 'preact/hooks';
import type { SagaView } from '../ops/saga-view.ts';
import { type Change, compareRuns, type StepComparison, wentStraight } from './compare-runs.ts';
import { formatCount, formatDuration, formatFull, formatValue } from './format.ts';
import { sagaUrl } from './location.ts';
import { ErrorNotice, Loaded, Loading, Notice } from './parts.tsx';
import { type RawHistory, readStepRuns, type StepRun } from './step-runs.ts';
import { ownInputOf } from './family.ts';
import { subjectIn } from './subject.ts';
import { Table } from './table.tsx';
import { shortName } from './tell-entry.ts';
import { useResource } from './use-resource.ts';

/** This run beside the last one of the same saga that succeeded, once it is asked for. */
export function RunComparison({ saga }: { readonly saga: SagaView }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="panel comparison" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Compare with the last run that succeeded</summary>
      {isOpen && <LastSuccess saga={saga} />}
    </details>
  );
}

function LastSuccess({ saga }: { readonly saga: SagaView }) {
  const asked = new URLSearchParams({ name: saga.name, phase: 'completed', top: '20' });
  const succeeded = useResource<{ readonly sagas: readonly SagaView[] }>(`/api/sagas?${asked.toString()}`);
  return (
    <Loaded of={succeeded}>
      {({ sagas }) => {
        const others = sagas.filter(({ instanceId }) => instanceId !== saga.instanceId);
        const other = others.find(wentStraight) ?? others[0];
        if (other === undefined) return <Notice title={`No other run of ${saga.name} has succeeded yet`} />;
        return <Beside saga={saga} other={other} />;
      }}
    </Loaded>
  );
}

const historyPath = ({ instanceId }: SagaView): string => `/api/sagas/${encodeURIComponent(instanceId)}/history`;

function Beside({ saga, other }: { readonly saga: SagaView; readonly other: SagaView }) {
  const here = useResource<RawHistory>(historyPath(saga), undefined, saga);
  const there = useResource<RawHistory>(historyPath(other));
  const error = here.error ?? there.error;
  if (error !== undefined) return <ErrorNotice error={error} />;
  if (here.data === undefined || there.data === undefined) return <Loading />;
  const { steps, leftAt } = compareRuns(readStepRuns(here.data), readStepRuns(there.data));
  return (
    <>
      <p>
        Beside <a href={sagaUrl(other.instanceId)}>{subjectIn(ownInputOf(other)) ?? other.instanceId}</a>, started{' '}
        {formatFull(other.createdAt)}.{' '}
        {leftAt === undefined ? (
          'Every step went the same way.'
        ) : (
          <>
            This run left its path at <strong>{shortName(leftAt)}</strong>.
          </>
        )}
      </p>
      <Table isStill columns={[['Step'], ['This run'], ['The one that succeeded'], ['Different values']]}>
        {steps.map((step) => (
          <StepRow key={step.step} compared={step} isWhereItLeft={step.step === leftAt} />
        ))}
      </Table>
    </>
  );
}

interface StepRowProps {
  readonly compared: StepComparison;
  readonly isWhereItLeft: boolean;
}

const StepRow = ({ compared: { step, here, there, changes }, isWhereItLeft }: StepRowProps) => (
  <tr class={isWhereItLeft ? 'is-left' : ''}>
    <th scope="row">{shortName(step)}</th>
    <td>
      <Run run={here} />
    </td>
    <td>
      <Run run={there} />
    </td>
    <td>
      <Changes changes={changes} />
    </td>
  </tr>
);

function Run({ run }: { readonly run: StepRun | undefined }) {
  if (run === undefined) return <span class="muted">did not run</span>;
  const { outcome, error, attempts, milliseconds } = run;
  const tries = attempts > 1 ? `, ${attempts} attempts` : '';
  return (
    <>
      <span class={outcome === 'failed' ? 'refusal' : ''}>
        {error === undefined ? outcome : `${outcome}: ${error}`}
      </span>{' '}
      <span class="muted">
        {formatDuration(milliseconds)}
        {tries}
      </span>
    </>
  );
}

const mostShown = 30;

function Changes({ changes }: { readonly changes: readonly Change[] }) {
  if (changes.length === 0) return <span class="muted">none</span>;
  return (
    <details>
      <summary>{formatCount(changes.length, 'value')}</summary>
      <dl class="changes">
        {changes.slice(0, mostShown).map(({ path, here, there }) => (
          <div key={path}>
            <dt>{path}</dt>
            <dd>
              {formatValue(here)} <span class="muted">there: {formatValue(there)}</span>
            </dd>
          </div>
        ))}
      </dl>
      {changes.length > mostShown && <p class="muted">and {changes.length - mostShown} more</p>}
    </details>
  );
}
