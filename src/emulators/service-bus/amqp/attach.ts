import type { EventContext, Receiver } from 'rhea';
import { BrokerError } from '../broker-error.ts';
import { cbsAddress, cbsReplyNames, createCbs } from './cbs.ts';
import { openConsumerLink } from './consumer-link.ts';
import { createManagement, managementReplyNames, managementSuffix } from './management.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import type { Peer } from './peer.ts';
import { openProducerLink } from './producer-link.ts';
import { openRequestLink } from './request-link.ts';
import { isCovered } from './sas-token.ts';
import { openSessionLink, sessionFilter } from './session-link.ts';

type Terminus = { readonly address?: string | null } | null | undefined;

const readAddress = (terminus: Terminus): string => (terminus?.address ?? '').replace(/^\/+/u, '');

const echo = (terminus: Terminus) => ({ address: terminus?.address ?? '' });

/** An answer without source and target would refuse the link. */
function acceptAttach(link: Receiver | OutgoingLink): void {
  link.set_source(echo(link.source));
  link.set_target(echo(link.target));
}

function authorize({ claims, ports: { clock } }: Peer, address: string): void {
  if (isCovered(address.toLowerCase(), claims.values(), clock.now())) return;
  throw new BrokerError('unauthorized', `Put a token for '${address}' on $cbs before attaching to it.`);
}

/** Attaches what a client sends on. @throws BrokerError to refuse it. */
export function attachIncoming(peer: Peer, link: Receiver): void {
  const address = readAddress(link.target);
  if (address === cbsAddress) openRequestLink(peer, link, createCbs(peer), cbsReplyNames);
  else {
    authorize(peer, address);
    if (address.toLowerCase().endsWith(managementSuffix)) {
      const entity = address.slice(0, -managementSuffix.length);
      openRequestLink(peer, link, createManagement(peer, entity), managementReplyNames);
    } else {
      peer.ports.broker.requireEntity(address);
      openProducerLink(peer.ports, link, address);
    }
  }
  acceptAttach(link);
}

/** Attaches what a client receives on. @throws BrokerError to refuse it. */
export function attachOutgoing(peer: Peer, link: OutgoingLink): void {
  const address = readAddress(link.source);
  link.local.attach.snd_settle_mode = link.snd_settle_mode;
  link.local.attach.rcv_settle_mode = link.rcv_settle_mode;
  if (address === cbsAddress) openReplyLink(peer, link);
  else {
    authorize(peer, address);
    if (address.toLowerCase().endsWith(managementSuffix)) openReplyLink(peer, link);
    else return openReceiver(peer, link, address);
  }
  acceptAttach(link);
}

function openReceiver(peer: Peer, link: OutgoingLink, address: string): void {
  const queue = peer.ports.broker.queue(address);
  const filter = link.source.filter ?? {};
  if (sessionFilter in filter) return openSessionLink(peer, link, queue, filter[sessionFilter]);
  if (queue.settings.requiresSession) {
    throw new BrokerError('not-allowed', `${address} requires sessions: accept a session to receive from it.`);
  }
  openConsumerLink(peer, link, queue);
  acceptAttach(link);
}

/** Requests name the link by its own name or by its target, depending on the client. */
function openReplyLink({ replyLinks }: Peer, link: OutgoingLink): void {
  const names = [link.name, link.target?.address].filter((name) => name !== undefined);
  for (const name of names) replyLinks.set(name, link);
  link.on('settled', ({ delivery }: EventContext) => delivery?.update(true));
  link.on('sender_close', () => names.forEach((name) => replyLinks.delete(name)));
}
