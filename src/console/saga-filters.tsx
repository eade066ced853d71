import { periods } from './period.ts';
import { SearchField } from './search-field.tsx';
import { SelectFilter } from './select-filter.tsx';

const statuses = ['Pending', 'Running', 'Completed', 'Failed', 'Terminated', 'Suspended'] as const;

interface SagaFiltersProps {
  readonly query: URLSearchParams;
  /** Of the sagas there are. */
  readonly names: readonly string[];
}

export function SagaFilters({ query, names }: SagaFiltersProps) {
  return (
    <div class="filters" role="search">
      <SearchField query={query} label="Id, correlation id, words of the input" />
      <SelectFilter
        query={query}
        name="name"
        label="Saga"
        all="All sagas"
        options={names.map((name) => [name, name])}
      />
      <SelectFilter
        query={query}
        name="status"
        label="Runtime status"
        all="Any runtime status"
        options={statuses.map((status) => [status, status])}
      />
      <SelectFilter
        query={query}
        name="period"
        label="Started"
        all="Any time"
        options={periods.map(({ name, label }) => [name, label])}
      />
    </div>
  );
}
