import { afterAll, describe, expect, it } from 'vitest';
import { failure, message, startMessagesEndpoint } from '../azure/messages-endpoint.ts';
import { createApi } from './api.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const endpoint = await startMessagesEndpoint();
afterAll(() => endpoint.close());
const program = await useProgram({ ANTHROPIC_API_KEY: 'key-1', ANTHROPIC_BASE_URL: endpoint.url });
const api = createApi(program.url);

const sure = <T>(value: T) => ({ value, confidence: 0.99 });
const extraction = {
  fields: {
    invoiceNumber: sure('HP-1'),
    issueDate: sure('2026-03-02'),
    currency: sure('USD'),
    totalAmount: sure(99.5),
    vendorName: sure('Harbor & Pine'),
  },
  lineItems: [],
};

interface Timer {
  readonly EventType: string;
  readonly FireAt?: string;
  readonly Timestamp: string;
}

describe('a program with an API key', () => {
  it('has Claude read the documents, and records model and tokens', async () => {
    endpoint.answerWith(() => message(JSON.stringify(extraction)));
    const { documentId } = await api.upload('claude.pdf', await sample('harbor-pine-invoice.pdf'));
    const record = await api.untilRecord(documentId, ({ status }) => status === 'processed');
    expect(record.extraction).toEqual({
      extractor: 'claude',
      model: 'claude-sonnet-5-5-20260901',
      inputTokens: 1200,
      outputTokens: 340,
      ...extraction,
    });
    expect(program.output()).toContain('read by claude-sonnet-5-5-20260901: 1200 tokens in, 340 out');
    const { body: metrics } = await api.get<string>('/api/metrics');
    const counted = 'document_extraction_tokens_total{model="claude-sonnet-5-5-20260901",type="input"} 1200';
    expect(metrics.split('\n')).toContain(counted);
  });

  it('waits on a durable timer for as long as a busy service asks, however short its own interval is', async () => {
    let calls = 0;
    endpoint.answerWith(() => {
      calls += 1;
      if (calls === 1) return failure(429, 'rate_limit_error', { 'retry-after': '3' });
      if (calls === 2) return failure(529, 'overloaded_error');
      return message(JSON.stringify(extraction));
    });
    const { instanceId } = await api.upload('busy.pdf', await sample('harbor-pine-invoice.pdf'));
    const waiting = await api.untilSaga(instanceId, ({ phase }) => phase === 'waiting');
    expect(waiting).toMatchObject({ step: 'main/extractFields#1', attempt: 1, error: { code: 'claude_429' } });
    await api.untilSaga(instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');

    const status = `/runtime/webhooks/durabletask/instances/${instanceId}?showHistory=true`;
    const { historyEvents } = (await api.get<{ historyEvents: Timer[] }>(status)).body;
    const seconds = historyEvents
      .filter(({ EventType }) => EventType === 'TimerFired')
      .map(({ FireAt = '', Timestamp }) => Math.round((Date.parse(FireAt) - Date.parse(Timestamp)) / 1000));
    expect(seconds).toEqual([3, 2]);
  });

  it('sends what Claude declines to read to a failed document with its reason', async () => {
    endpoint.answerWith(() => message('', 'refusal'));
    const { documentId } = await api.upload('declined.pdf', await sample('harbor-pine-invoice.pdf'));
    const record = await api.untilRecord(documentId, ({ status }) => status === 'failed');
    expect(record.error).toEqual({ code: 'extraction_refused', message: 'Claude declined to read the document' });
  });
});
