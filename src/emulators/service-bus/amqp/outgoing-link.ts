/**
 * The parts of rhea's sending links that its types leave out. Nothing else here reaches into rhea.
 *
 * rhea sends in the order of `send` calls per AMQP session and stops at the first delivery whose link has no credit:
 * never call `send` beyond the credit. It lowers `credit` only when it writes, hence `limitOf`.
 */
import type { AmqpError, Connection, Dictionary, Sender, Typed } from 'rhea';

export interface OutgoingLink extends Sender {
  credit: number;
  delivery_count: number;
  readonly state: { local_open: boolean; open_requests: number };
  readonly local: {
    readonly attach: { snd_settle_mode: number; rcv_settle_mode: number; properties?: Dictionary<Typed> };
  };
  readonly connection: Connection & { _register(): void };
}

/** The number of messages the peer allows since the link was attached. */
export const limitOf = (link: OutgoingLink): number => link.delivery_count + link.credit;

/** rhea queues its answer to an attach before it tells us of it. Taking it back holds the answer until `link.open()`. */
export function holdAttach(link: OutgoingLink): void {
  link.state.local_open = false;
  link.state.open_requests = 0;
}

/** Answers an attach: the peer takes an answer without a source for a refusal, and the reason follows. */
export function refuseAttach(link: OutgoingLink, error: AmqpError): void {
  link.open();
  link.close(error);
}

/**
 * Says that no more messages come on the credit given so far. rhea itself says so only if credit is left, but a peer
 * that asks while the last message is on its way waits for the word as well.
 */
export function answerDrain(link: OutgoingLink): void {
  if (link.credit === 0) {
    link.credit = 1;
    link.delivery_count -= 1;
  }
  link.set_drained(true);
  link.connection._register();
}
