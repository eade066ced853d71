import type { Clock } from '../../../host/clock.ts';
import type { Broker } from '../store/broker.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import type { AccessKey, Claim } from './sas-token.ts';

export interface FrontPorts {
  readonly broker: Broker;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly key: AccessKey;
  /** Bytes. */
  readonly maxMessageSize: number;
}

/** One connection of a client: what it may do, and the holder of all its locks. */
export interface Peer {
  readonly ports: FrontPorts;
  readonly claims: Map<string, Claim>;
  /** Links for the answers of `$cbs` and `$management`, by the address requests name in `reply-to`. */
  readonly replyLinks: Map<string, OutgoingLink>;
  /** Undoes what the peer's links set up outside of it. */
  readonly cleanups: Set<() => void>;
}

export const createPeer = (ports: FrontPorts): Peer => ({
  ports,
  claims: new Map(),
  replyLinks: new Map(),
  cleanups: new Set(),
});
