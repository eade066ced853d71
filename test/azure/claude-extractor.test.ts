import { afterAll, describe, expect, it } from 'vitest';
import { type ClaudeSurroundings, createClaudeExtractor } from '../../src/azure/claude-extractor.ts';
import type { ExtractionRequest } from '../../src/azure/document-extractor.ts';
import { failure, message, startMessagesEndpoint } from './messages-endpoint.ts';

const endpoint = await startMessagesEndpoint();
afterAll(() => endpoint.close());
const tokens: (readonly [model: string, input: number, output: number])[] = [];
const surroundings: ClaudeSurroundings = { fetch, countTokens: (...used) => void tokens.push(used) };
const settings = { apiKey: 'key-1', baseUrl: endpoint.url, model: 'claude-sonnet-5-5' };
const extractor = createClaudeExtractor(settings, surroundings);

const extraction = { fields: { totalAmount: { value: 12.5, confidence: 0.97 } }, lineItems: [] };

const request = (more: Partial<ExtractionRequest> = {}): ExtractionRequest => ({
  kind: 'pdf',
  category: 'invoice',
  text: 'Total 12.50',
  content: () => Promise.resolve(Buffer.from('%PDF-1.7')),
  signal: new AbortController().signal,
  ...more,
});

describe('an answer that fits', () => {
  it('becomes an extraction with its model and tokens', async () => {
    endpoint.answerWith(() => message(JSON.stringify(extraction)));
    expect(await extractor.extract(request())).toEqual({
      extractor: 'claude',
      model: 'claude-sonnet-5-5-20260901',
      inputTokens: 1200,
      outputTokens: 340,
      ...extraction,
    });
    const [sent] = endpoint.requests;
    expect(sent?.body).toMatchObject({
      model: 'claude-sonnet-5-5',
      output_config: { format: { type: 'json_schema' } },
    });
  });

  it.each([
    ['pdf', { type: 'document', source: { type: 'base64', media_type: 'application/pdf' } }],
    ['png', { type: 'image', source: { type: 'base64', media_type: 'image/png' } }],
    ['jpeg', { type: 'image', source: { type: 'base64', media_type: 'image/jpeg' } }],
    ['docx', { type: 'text', text: 'Total 12.50' }],
    ['text', { type: 'text', text: 'Total 12.50' }],
  ] as const)('is asked for with a %s as a block of its kind', async (kind, block) => {
    endpoint.answerWith(() => message(JSON.stringify(extraction)));
    await extractor.extract(request({ kind }));
    expect(endpoint.requests.at(-1)?.body.messages[0]?.content[0]).toMatchObject(block);
  });
});

describe('a service that is busy or down', () => {
  it.each([
    [429, 'rate_limit_error', { 'retry-after': '7' }, 'claude_429', 7_000],
    [429, 'rate_limit_error', {}, 'claude_429', undefined],
    [529, 'overloaded_error', { 'retry-after': '120' }, 'claude_529', 120_000],
    [529, 'overloaded_error', {}, 'claude_529', undefined],
    [503, 'api_error', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 'claude_503', undefined],
    [500, 'api_error', {}, 'claude_500', undefined],
  ])('%i %s %o is worth another attempt, not before it says', async (status, type, headers, code, retryAfterMs) => {
    const before = endpoint.requests.length;
    endpoint.answerWith(() => failure(status, type, headers));
    await expect(extractor.extract(request())).rejects.toMatchObject({ name: 'RetryableError', code, retryAfterMs });
    expect(endpoint.requests.length).toBe(before + 1);
  });

  it('that cannot be reached is worth another attempt', async () => {
    const gone = await startMessagesEndpoint();
    await gone.close();
    const unreachable = createClaudeExtractor({ apiKey: 'key-1', baseUrl: gone.url, model: 'm' }, surroundings);
    await expect(unreachable.extract(request())).rejects.toMatchObject({
      name: 'RetryableError',
      code: 'claude_unreachable',
    });
  });

  it('is not waited for longer than the step may take', async () => {
    const deadline = AbortSignal.abort();
    await expect(extractor.extract(request({ signal: deadline }))).rejects.toThrow(/abort/i);
  });
});

describe('an answer that is none', () => {
  it.each([
    [400, 'invalid_request_error', 'claude_400'],
    [401, 'authentication_error', 'claude_401'],
    [413, 'request_too_large', 'claude_413'],
  ])('%i %s ends the attempts', async (status, type, code) => {
    endpoint.answerWith(() => failure(status, type));
    await expect(extractor.extract(request())).rejects.toMatchObject({ name: 'TerminalError', code });
  });

  it('a refusal ends the attempts', async () => {
    endpoint.answerWith(() => message('', 'refusal'));
    await expect(extractor.extract(request())).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'extraction_refused',
    });
  });

  it('a cut-off ends the attempts, with the tokens that it took, which are counted', async () => {
    tokens.length = 0;
    endpoint.answerWith(() => message('{"fields": {"totalAm', 'max_tokens'));
    await expect(extractor.extract(request())).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'extraction_cut_off',
      message: expect.stringContaining('1200 tokens in, 340 out') as string,
    });
    expect(tokens).toEqual([['claude-sonnet-5-5-20260901', 1200, 340]]);
  });

  it.each([['not JSON'], ['{"fields": '], ['[]'], ['{"fields": {"totalAmount": {"value": "12"}}, "lineItems": []}']])(
    'malformed text (%s) is worth another attempt',
    async (text) => {
      endpoint.answerWith(() => message(text));
      await expect(extractor.extract(request())).rejects.toMatchObject({
        name: 'RetryableError',
        code: 'extraction_malformed',
        message: expect.stringContaining('1200 tokens in') as string,
      });
    },
  );
});
