import { go, withQuery } from './location.ts';

interface SelectFilterProps {
  readonly query: URLSearchParams;
  /** Of the parameter in the address. */
  readonly name: string;
  readonly label: string;
  readonly all: string;
  readonly options: readonly (readonly [value: string, label: string])[];
}

export function SelectFilter({ query, name, label, all, options }: SelectFilterProps) {
  const value = query.get(name) ?? '';
  const isKnown = value === '' || options.some(([known]) => known === value);
  return (
    <select
      aria-label={label}
      value={value}
      class={value === '' ? '' : 'is-set'}
      onChange={(event) => go(withQuery(query, { [name]: event.currentTarget.value }), { replace: true })}
    >
      <option value="">{all}</option>
      {(isKnown ? options : [...options, [value, value] as const]).map(([known, text]) => (
        <option key={known} value={known}>
          {text}
        </option>
      ))}
    </select>
  );
}
