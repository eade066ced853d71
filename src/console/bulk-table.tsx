import type { SagaView } from '../ops/saga-view.ts';
import type { Forecast } from './operations.ts';
import { PhaseBadge } from './parts.tsx';
import { ownInputOf } from './family.ts';
import { subjectIn } from './subject.ts';
import type { Outcome } from './use-bulk-run.ts';

export interface BulkRow {
  readonly id: string;
  readonly saga: SagaView | undefined;
  readonly forecast: Forecast;
}

interface BulkTableProps {
  readonly rows: readonly BulkRow[];
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

export const BulkTable = ({ rows, outcomes }: BulkTableProps) => (
  <div class="table-frame bulk-frame" tabIndex={0} role="region" aria-label="What will happen">
    <table class="list is-still">
      <thead>
        <tr>
          <th scope="col" class="wide-only">
            State
          </th>
          <th scope="col">Saga</th>
          <th scope="col">What happens</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, saga, forecast }) => (
          <tr key={id} class={forecast.isPossible ? '' : 'is-out'}>
            <td class="wide-only">{saga !== undefined && <PhaseBadge phase={saga.phase} />}</td>
            <td class="bulk-subject">
              {saga === undefined ? id : (subjectIn(ownInputOf(saga)) ?? saga.name)}
              <span class="id">{id}</span>
            </td>
            <td>
              <Told forecast={forecast} outcome={outcomes.get(id)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

function Told({ forecast, outcome }: { readonly forecast: Forecast; readonly outcome: Outcome | undefined }) {
  switch (outcome?.state) {
    case undefined:
      return <>{forecast.text}</>;
    case 'running':
      return <span class="muted">… asked for</span>;
    case 'accepted':
      return (
        <>
          <span class="sign tone-good" aria-hidden="true">
            ✓
          </span>{' '}
          Accepted
        </>
      );
    case 'refused':
      return <span class="refusal">✗ {outcome.why}</span>;
  }
}
