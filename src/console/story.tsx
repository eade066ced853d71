import { useState } from 'preact/hooks';
import type { Entry } from '../audit/entry.ts';
import { AttemptValues } from './attempt-values.tsx';
import { childOf } from './family.ts';
import { formatClock, formatFull, formatValue } from './format.ts';
import { sagaUrl } from './location.ts';
import { tellEntry } from './tell-entry.ts';

interface StoryProps {
  /** Of an instance whose history the engine still has. */
  readonly instanceId: string | undefined;
  readonly entries: readonly Entry[];
  readonly now: Date;
  readonly pointed: number | undefined;
  readonly onPoint: (sequence: number | undefined) => void;
}

/** The trail as a list to read; each entry opens to what is on record about it. */
export function Story({ instanceId, entries, now, pointed, onPoint }: StoryProps) {
  return (
    <ol class="story" aria-label="Story">
      {entries.map((entry) => (
        <StoryLine
          key={entry.sequence}
          instanceId={instanceId}
          entry={entry}
          now={now}
          isPointed={entry.sequence === pointed}
          onPoint={onPoint}
        />
      ))}
    </ol>
  );
}

interface StoryLineProps {
  readonly instanceId: string | undefined;
  readonly entry: Entry;
  readonly now: Date;
  readonly isPointed: boolean;
  readonly onPoint: (sequence: number | undefined) => void;
}

function StoryLine({ instanceId, entry, now, isPointed, onPoint }: StoryLineProps) {
  const { sequence, time, idempotencyKey } = entry;
  const [isOpen, setOpen] = useState(false);
  const { tone, sign, title, text } = tellEntry(entry, now);
  const point = (): void => onPoint(sequence);
  const leave = (): void => onPoint(undefined);
  return (
    <li
      class={isPointed ? 'is-pointed' : ''}
      onMouseEnter={point}
      onMouseLeave={leave}
      onFocusIn={point}
      onFocusOut={leave}
    >
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <time dateTime={time} title={formatFull(time)}>
            {formatClock(time)}
          </time>
          <span class={`sign tone-${tone}`} aria-hidden="true">
            {sign}
          </span>
          <span class="story-text">
            <strong>{title}</strong> {text}
          </span>
        </summary>
        <Record entry={entry} />
        {isOpen && instanceId !== undefined && idempotencyKey !== undefined && (
          <AttemptValues instanceId={instanceId} entry={entry} />
        )}
      </details>
    </li>
  );
}

const shownInLine: ReadonlySet<string> = new Set(['sequence', 'summary', 'kind', 'hash', 'previousHash']);

function Record({ entry }: { readonly entry: Entry }) {
  const fields = Object.entries(entry).filter(([name, value]) => value !== undefined && !shownInLine.has(name));
  const child = childOf(entry);
  return (
    <dl class="record">
      {child !== undefined && (
        <div>
          <dt>saga</dt>
          <dd>
            <a href={sagaUrl(child)}>{child}</a>
          </dd>
        </div>
      )}
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{formatValue(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
