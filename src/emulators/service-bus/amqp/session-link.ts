import rhea from 'rhea';
import { BrokerError } from '../broker-error.ts';
import type { Queue } from '../store/queue-state.ts';
import { acceptSession, findNextSession } from '../store/session-lock.ts';
import { toAmqpError } from './amqp-error.ts';
import { openConsumerLink } from './consumer-link.ts';
import { holdAttach, refuseAttach, type OutgoingLink } from './outgoing-link.ts';
import type { Peer } from './peer.ts';

export const sessionFilter = 'com.microsoft:session-filter';
const timeoutProperty = 'com.microsoft:timeout';
const defaultTimeout = 60_000;

/** .NET counts 100 ns from the year 1; this many milliseconds lie between that and the Unix epoch. */
const dotnetEpoch = 62_135_596_800_000n;

function toTicks(time: number): Buffer {
  const ticks = Buffer.alloc(8);
  ticks.writeBigInt64BE((BigInt(Math.round(time)) + dotnetEpoch) * 10_000n);
  return ticks;
}

function openSession(peer: Peer, link: OutgoingLink, queue: Queue, sessionId: string): void {
  const lost = () =>
    link.close(toAmqpError(new BrokerError('session-lock-lost', `The lock of the session ${sessionId} has expired.`)));
  const lock = acceptSession(queue, sessionId, peer, lost);
  link.set_source({ address: queue.name, filter: { [sessionFilter]: sessionId } });
  link.local.attach.properties = { 'com.microsoft:locked-until-utc': rhea.types.wrap_long(toTicks(lock.until)) };
  openConsumerLink(peer, link, queue, lock);
}

/** Holds the answer until a session is free, or the time the client named is over. */
function waitForSession(peer: Peer, link: OutgoingLink, queue: Queue): void {
  const { clock, dispatcher } = peer.ports;
  const wanted: unknown = link.properties?.[timeoutProperty];
  holdAttach(link);

  const stopWaiting = () => {
    leave();
    cancelTimeout();
    peer.cleanups.delete(stopWaiting);
  };
  const cancelTimeout = clock.at(clock.now() + (typeof wanted === 'number' ? wanted : defaultTimeout), () => {
    stopWaiting();
    refuseAttach(
      link,
      toAmqpError(new BrokerError('timeout', `No session of ${queue.name} became available in time.`)),
    );
  });
  const leave = dispatcher.join(queue, () => {
    const sessionId = findNextSession(queue);
    if (sessionId === undefined) return false;
    stopWaiting();
    openSession(peer, link, queue, sessionId);
    link.open();
    return true;
  });
  peer.cleanups.add(stopWaiting);
  link.once('sender_close', stopWaiting);
  link.session.once('session_close', stopWaiting);
  dispatcher.run(queue);
}

/** @param wanted The id of the session, or null for any. @throws BrokerError `session-cannot-be-locked`. */
export function openSessionLink(peer: Peer, link: OutgoingLink, queue: Queue, wanted: unknown): void {
  if (!queue.settings.requiresSession) throw new BrokerError('not-allowed', `${queue.name} has no sessions.`);
  if (typeof wanted === 'string') openSession(peer, link, queue, wanted);
  else waitForSession(peer, link, queue);
}
