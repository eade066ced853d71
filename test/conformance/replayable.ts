import { type Exchange, recordings } from '../host/durable/recording.ts';

/** Here the embedded host does not wait for ever or lose an event: these are looked at as deviations. */
const deviating = new Set([
  'missing-activity',
  'missing-orchestrator',
  'sub-missing',
  'retry-timeout',
  'events-across-continue-as-new',
]);

/** A second suspend, and a resume of what runs. */
const isRefusedWith500 = ({ status, request: [, path] }: Exchange): boolean =>
  status === 500 && path.includes('reason=');

/** The recorded requests that any host should answer as the real engine did. */
export const replayable = recordings
  .map(({ scenario, exchanges }) => ({
    scenario,
    exchanges: exchanges.filter((exchange) => !isRefusedWith500(exchange)),
  }))
  .filter(({ scenario, exchanges }) => exchanges.length > 0 && !deviating.has(scenario));
