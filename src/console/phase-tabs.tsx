import { withQuery } from './location.ts';
import { lookOf, sagaPhases } from './phases.ts';

interface PhaseTabsProps {
  /** Not known yet while the first page is on its way. */
  readonly counts: Readonly<Record<string, number>> | undefined;
  readonly query: URLSearchParams;
}

/** Counts by phase, each a filter. Phases without instances are left out, except the one that is chosen. */
export function PhaseTabs({ counts, query }: PhaseTabsProps) {
  const chosen = query.get('phase');
  const all = counts && Object.values(counts).reduce((sum, count) => sum + count, 0);
  const countOf = (phase: string): number | undefined => counts && (counts[phase] ?? 0);
  const shown = sagaPhases.filter((phase) => phase === chosen || (countOf(phase) ?? 0) > 0);
  return (
    <nav class="tabs" aria-label="Filter by state">
      <Tab
        label="All"
        count={all}
        href={withQuery(query, { phase: undefined })}
        isChosen={chosen === null}
        tone="none"
      />
      {shown.map((phase) => (
        <Tab
          key={phase}
          label={lookOf(phase).label}
          count={countOf(phase)}
          href={withQuery(query, { phase })}
          isChosen={phase === chosen}
          tone={lookOf(phase).tone}
        />
      ))}
    </nav>
  );
}

interface TabProps {
  readonly label: string;
  readonly count: number | undefined;
  readonly href: string;
  readonly isChosen: boolean;
  readonly tone: string;
}

function Tab({ label, count, href, isChosen, tone }: TabProps) {
  return (
    <a class="tab" href={href} aria-current={isChosen ? 'true' : undefined}>
      {tone !== 'none' && <span class={`dot tone-${tone}`} aria-hidden="true" />}
      {label} <span class="count">{count?.toLocaleString('en')}</span>
    </a>
  );
}
