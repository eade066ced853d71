import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Refusal } from './api.ts';
import { formatFull, formatRelative } from './format.ts';
import { lookOf } from './phases.ts';
import type { Resource } from './use-resource.ts';

// Small parts that several screens are made of.

export function PhaseBadge({ phase }: { readonly phase: string }) {
  const { label, tone } = lookOf(phase);
  return <span class={`badge tone-${tone}`}>{label}</span>;
}

export function Time({ at, now }: { readonly at: string; readonly now: Date }) {
  return (
    <time dateTime={at} title={formatFull(at)}>
      {formatRelative(at, now)}
    </time>
  );
}

export function Progress({ percent, label }: { readonly percent: number; readonly label: string }) {
  return (
    <span
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}

/** What stands in the place of content: nothing there, or nothing to be had. */
export function Notice({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      {children}
    </div>
  );
}

export function ErrorNotice({ error, retry }: { readonly error: Refusal; readonly retry?: () => void }) {
  return (
    <div class="callout tone-bad" role="alert">
      <div>
        <strong>{error.status === 0 ? 'No connection' : `Refused (${error.status})`}</strong>
        <p>{error.message}</p>
      </div>
      {retry !== undefined && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Loading({ rows = 6 }: { readonly rows?: number | undefined }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, n) => (
        <span key={n} />
      ))}
    </div>
  );
}

/** What was asked for, once it is there; beside it, or in its place, why it cannot be had. */
export function Loaded<T>({ of: { data, error, reload }, rows, children }: LoadedProps<T>) {
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} retry={reload} />}
      {data === undefined && error === undefined && <Loading rows={rows} />}
      {data !== undefined && children(data)}
    </>
  );
}

interface LoadedProps<T> {
  readonly of: Resource<T>;
  readonly rows?: number | undefined;
  readonly children: (data: T) => ComponentChildren;
}

interface CrumbsProps {
  readonly href: string;
  readonly text: string;
  readonly children: ComponentChildren;
}

/** The list that a screen belongs to, and what it shows of that. */
export const Crumbs = ({ href, text, children }: CrumbsProps) => (
  <p class="crumbs">
    <a href={href}>{text}</a> <span aria-hidden="true">/</span> {children}
  </p>
);

export const Fact = ({ label, children }: { readonly label: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

/** What became of something when it did not go well. */
export const Failure = ({ code, message }: { readonly code: string; readonly message: string }) => (
  <div class="callout tone-bad">
    <div>
      <strong>{code}</strong>
      <p>{message}</p>
    </div>
  </div>
);

/** Where the focus goes when the screen changes, or when what had it is gone. */
export const focusTitle = (): void => document.querySelector('h1')?.focus({ preventScroll: true });

export function ScreenTitle({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · durable-saga`;
  }, [title]);
  return <h1 tabIndex={-1}>{children ?? title}</h1>;
}

export function Json({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    <pre class="json" tabIndex={0} role="region" aria-label={label}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
