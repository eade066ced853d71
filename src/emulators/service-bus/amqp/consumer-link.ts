import type { Delivery as AmqpDelivery, EventContext } from 'rhea';
import type { AddedProperties } from '../message.ts';
import type { Queue, SessionLock } from '../store/queue-state.ts';
import { settle, take, type Delivery, type Outcome, type ReceiveMode } from '../store/queue.ts';
import { releaseSession } from '../store/session-lock.ts';
import { acceptedOutcome, rejectedOutcome, toAmqpError } from './amqp-error.ts';
import { fromDeliveryTag, toDeliveryTag } from './lock-token.ts';
import { encodeDelivery } from './message-codec.ts';
import { answerDrain, limitOf, type OutgoingLink } from './outgoing-link.ts';
import type { Peer } from './peer.ts';

/** Value of snd-settle-mode (AMQP 1.0, 2.8.2) with which a client asks for messages it need not settle. */
const settledMode = 1;

/** Tells a client's dead-lettering from other rejections by the keys it adds. */
function readRejection(state: AmqpDelivery['remote_state']): AddedProperties {
  const error = state?.['error'] as { description?: string; info?: AddedProperties } | undefined;
  const given = Object.entries(error?.info ?? {}).filter(([, value]) => value !== undefined && value !== null);
  const description = error?.description ?? undefined;
  return {
    ...(description !== undefined && { DeadLetterErrorDescription: description }),
    ...Object.fromEntries(given),
  };
}

type ReadOutcome = (state: AmqpDelivery['remote_state']) => Outcome;

/** What a delivery state (AMQP 1.0, 3.4) means to Service Bus. */
const readOutcome: Record<string, ReadOutcome> = {
  accepted: () => ({ kind: 'complete' }),
  released: () => ({ kind: 'release' }),
  rejected: (state) => ({ kind: 'dead-letter', properties: readRejection(state) }),
  modified: (state) => ({
    kind: state?.['undeliverable_here'] === true ? 'defer' : 'abandon',
    properties: (state?.['message_annotations'] as AddedProperties | undefined) ?? {},
  }),
};

function answerOutcome(peer: Peer, queue: Queue, delivery: AmqpDelivery, read: ReadOutcome): void {
  try {
    settle(queue, fromDeliveryTag(delivery.tag as Buffer), read(delivery.remote_state));
  } catch (error) {
    delivery.update(true, rejectedOutcome(error));
    return;
  }
  peer.ports.broker.committed().then(
    // Whatever the client chose: a rejection echoed would look like a failure to it.
    () => delivery.update(true, acceptedOutcome()),
    (error: unknown) => delivery.update(true, rejectedOutcome(error)),
  );
}

/** Sends what was taken, once that is on disk. A link that closed meanwhile leaves the message to others. */
async function transmit(peer: Peer, link: OutgoingLink, queue: Queue, delivery: Delivery): Promise<void> {
  await peer.ports.broker.committed();
  const { lock } = delivery;
  if (link.is_open()) link.send(encodeDelivery(delivery), lock && toDeliveryTag(lock.token), 0);
  else if (lock !== undefined && queue.locks.has(lock.token)) settle(queue, lock.token, { kind: 'release' });
}

/** Messages taken for a link since it was attached; `limitOf` says how many there may be. */
interface Account {
  taken: number;
}

/** Gives unused credit up, after what was taken has gone out and unless the client gave more meanwhile. */
async function drain(peer: Peer, link: OutgoingLink, account: Account): Promise<void> {
  const limit = limitOf(link);
  await peer.ports.broker.committed();
  if (limitOf(link) !== limit) return;
  account.taken = limit;
  answerDrain(link);
}

/**
 * Sends a client the messages of a queue, or of one session, as far as its credit goes.
 * A message goes out once its lock, or its deletion, is on disk.
 */
export function openConsumerLink(peer: Peer, link: OutgoingLink, queue: Queue, session?: SessionLock): void {
  const { dispatcher } = peer.ports;
  const mode: ReceiveMode = link.snd_settle_mode === settledMode ? 'receive-and-delete' : 'peek-lock';
  const fail = (error: unknown) => link.close(toAmqpError(error));
  const account: Account = { taken: 0 };

  const leave = dispatcher.join(queue, () => {
    if (account.taken >= limitOf(link) || !link.is_open()) return false;
    const delivery = take(queue, peer, mode, session);
    if (delivery === undefined) return false;
    account.taken += 1;
    transmit(peer, link, queue, delivery).catch(fail);
    return true;
  });
  const end = () => {
    leave();
    peer.cleanups.delete(leave);
    if (session !== undefined) releaseSession(queue, session, false);
  };
  peer.cleanups.add(leave);

  link.on('sender_flow', () => dispatcher.run(queue));
  link.on('sender_draining', () => {
    drain(peer, link, account).catch(fail);
  });
  for (const [outcome, read] of Object.entries(readOutcome)) {
    link.on(outcome, ({ delivery }: EventContext) => delivery && answerOutcome(peer, queue, delivery, read));
  }
  link.on('sender_close', end);
  link.session.on('session_close', end);
}
