import rhea from 'rhea';
import type { EventContext, Message, Receiver } from 'rhea';
import { toRefusal } from './amqp-error.ts';
import type { Peer } from './peer.ts';

export interface Reply {
  readonly status: number;
  readonly description?: string;
  readonly body?: unknown;
}

export type AnswerRequest = (request: Message) => Reply;

/** How a node spells the properties of its answers. */
export interface ReplyNames {
  readonly status: string;
  readonly description: string;
  readonly condition: string;
}

function compute(request: Message, answer: AnswerRequest, names: ReplyNames): Partial<Message> {
  try {
    const { status, description = 'OK', body } = answer(request);
    return {
      body,
      application_properties: { [names.status]: rhea.types.wrap_int(status), [names.description]: description },
    };
  } catch (error) {
    const { status, description, condition } = toRefusal(error);
    return {
      body: undefined,
      application_properties: {
        [names.status]: rhea.types.wrap_int(status),
        [names.description]: description,
        [names.condition]: condition,
      },
    };
  }
}

/** Answers each request on the link it names, after everything it wrote is on disk. */
export function openRequestLink(peer: Peer, link: Receiver, answer: AnswerRequest, names: ReplyNames): void {
  const reply = async (request: Message) => {
    const content = compute(request, answer, names);
    await peer.ports.broker.committed();
    const target = peer.replyLinks.get(request.reply_to ?? '');
    if (!target?.is_open()) return;
    target.send({
      body: undefined,
      ...content,
      ...(request.message_id !== undefined && { correlation_id: request.message_id }),
    });
  };
  link.on('message', ({ message, delivery }: EventContext) => {
    delivery?.accept();
    if (message !== undefined) reply(message).catch((error: unknown) => link.close(toRefusal(error)));
  });
}
