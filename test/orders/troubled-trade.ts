import { RetryableError, TerminalError } from '../../src/saga/index.ts';
import type { createClients } from '../trade/local-trade.ts';

/** What befalls a request on its way, or its answer on the way back. */
export const mishaps = ['busy', 'refused', 'lost before', 'lost after'] as const;
export type Mishap = (typeof mishaps)[number];

export const requests = ['reserve', 'release', 'score', 'charge', 'refund', 'schedule', 'cancel', 'send'] as const;
/** What befalls the next requests of a kind; after them all goes well. */
export type Troubles = Partial<Record<(typeof requests)[number], readonly Mishap[]>>;

type Clients = ReturnType<typeof createClients>;

/** The clients of the outside systems, with something in between that loses and refuses. */
export function troubled(clients: Clients, troubles: Troubles): Clients {
  const { inventory, payments, fraud, shipping, notifications } = clients;
  return {
    inventory: {
      reserve: befall(troubles.reserve, inventory.reserve),
      release: befall(troubles.release, inventory.release),
    },
    payments: { charge: befall(troubles.charge, payments.charge), refund: befall(troubles.refund, payments.refund) },
    fraud: { score: befall(troubles.score, fraud.score) },
    shipping: {
      schedule: befall(troubles.schedule, shipping.schedule),
      cancel: befall(troubles.cancel, shipping.cancel),
    },
    notifications: { send: befall(troubles.send, notifications.send) },
  };
}

function befall<A extends unknown[], R>(
  planned: readonly Mishap[] = [],
  request: (...args: A) => Promise<R>,
): (...args: A) => Promise<R> {
  const left = [...planned];
  return async (...args) => {
    const mishap = left.shift();
    switch (mishap) {
      case 'busy':
        throw new RetryableError('busy', { code: 'busy' });
      case 'refused':
        throw new TerminalError('refused', { code: 'refused' });
      case 'lost before':
        throw new RetryableError('the request was lost', { code: 'lost', outcome: 'unknown' });
      case 'lost after':
        await request(...args);
        throw new RetryableError('the answer was lost', { code: 'lost', outcome: 'unknown' });
      case undefined:
        return request(...args);
    }
  };
}
