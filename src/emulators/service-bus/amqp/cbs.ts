import type { Message } from 'rhea';
import { BrokerError } from '../broker-error.ts';
import type { Peer } from './peer.ts';
import type { AnswerRequest, ReplyNames } from './request-link.ts';
import { verifySasToken } from './sas-token.ts';

export const cbsAddress = '$cbs';

export const cbsReplyNames: ReplyNames = {
  status: 'status-code',
  description: 'status-description',
  condition: 'error-condition',
};

/** Claims-based security: takes the tokens that later attaches of the same connection rely on. */
export const createCbs =
  ({ claims, ports: { key, clock } }: Peer): AnswerRequest =>
  ({ application_properties: properties = {}, body }: Message) => {
    const operation: unknown = properties['operation'];
    const token: unknown = body;
    if (operation !== 'put-token')
      throw new BrokerError('not-implemented', `$cbs has no operation "${String(operation)}".`);
    if (typeof token !== 'string') throw new BrokerError('unauthorized', 'The token must be a string.');
    const claim = verifySasToken(token, key, clock.now());
    claims.set(claim.path, claim);
    return { status: 202, description: 'Accepted' };
  };
