import type { Entry } from '../audit/entry.ts';
import { type CallError, findCall } from './find-call.ts';
import { ErrorNotice, Json, Loading } from './parts.tsx';
import type { RawHistory } from './step-runs.ts';
import { useResource } from './use-resource.ts';

interface AttemptValuesProps {
  readonly instanceId: string;
  readonly entry: Entry;
}

/** What the trail keeps digests of, from the engine's own history. */
export function AttemptValues({ instanceId, entry }: AttemptValuesProps) {
  const { data, error } = useResource<RawHistory>(`/api/sagas/${encodeURIComponent(instanceId)}/history`);
  if (error !== undefined) return <ErrorNotice error={error} />;
  if (data === undefined) return <Loading rows={1} />;
  const call = findCall(data, entry);
  if (call === undefined) return null;
  return (
    <div class="values">
      {call.errors.length > 0 && <Errors errors={call.errors} />}
      <div class="data-pair">
        <div>
          <h3>Input</h3>
          <Json value={call.input} label={`Input of attempt ${entry.sequence}`} />
        </div>
        {call.errors.length === 0 && entry.outcome !== 'running' && (
          <div>
            <h3>Output</h3>
            <Json value={call.output ?? null} label={`Output of attempt ${entry.sequence}`} />
          </div>
        )}
      </div>
    </div>
  );
}

const Errors = ({ errors }: { readonly errors: readonly CallError[] }) => (
  <ol class="errors" aria-label="Error and its causes">
    {errors.map(({ name, code, message, stack }, n) => (
      <li key={n}>
        {n > 0 && <span class="muted">caused by </span>}
        <strong>{name}</strong> ({code}): {message}
        {stack !== undefined && (
          <details>
            <summary>Where</summary>
            <pre class="json" tabIndex={0} role="region" aria-label={`Stack of ${name}`}>
              {stack}
            </pre>
          </details>
        )}
      </li>
    ))}
  </ol>
);
