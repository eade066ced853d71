import Anthropic, { APIError } from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { type Extraction, extractionSchema } from '../documents/fields.ts';
import { RetryableError, TerminalError } from '../saga/index.ts';
import type { DocumentExtractor, ExtractionRequest } from './document-extractor.ts';

export interface ClaudeSettings {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
  readonly model: string;
}

export interface ClaudeSurroundings {
  readonly fetch: typeof fetch;
  /** Told of every answer, also of one that cannot be used. */
  readonly countTokens: (model: string, input: number, output: number) => void;
}

const mostTokens = 8_192;

const instructions = `Read the business document and report its fields.
Give a field only when the document states it. Never compute or guess a value that is not printed.
confidence says how sure a careful reader would be, from 0 to 1: above 0.9 only when the value is clearly labelled and agrees with the rest of the document.
Dates are yyyy-MM-dd; when day and month could be exchanged, use what the language and country suggest and lower the confidence.
Amounts are numbers in major units with a dot; currency is an ISO 4217 code. vendorName is who issued the document, customerName who received it.`;

/**
 * Extraction by Claude with structured output. The SDK's own retries are off: a busy service is waited for on a durable
 * timer of the saga, with the time that the service asks for.
 */
export function createClaudeExtractor(
  { apiKey, baseUrl, model }: ClaudeSettings,
  { fetch, countTokens }: ClaudeSurroundings,
): DocumentExtractor {
  const client = new Anthropic({ apiKey, fetch, maxRetries: 0, ...(baseUrl !== undefined && { baseURL: baseUrl }) });
  return {
    name: 'claude',
    async extract(request) {
      const content = await documentBlock(request);
      const message = await client.messages
        .create(
          {
            model,
            max_tokens: mostTokens,
            system: instructions,
            messages: [
              {
                role: 'user',
                content: [content, { type: 'text', text: `This is a document of the kind '${request.category}'.` }],
              },
            ],
            output_config: { format: zodOutputFormat(extractionSchema) },
          },
          { signal: request.signal },
        )
        .catch(rethrow);
      const { input_tokens: inputTokens, output_tokens: outputTokens } = message.usage;
      countTokens(message.model, inputTokens, outputTokens);
      return {
        extractor: 'claude',
        model: message.model,
        inputTokens,
        outputTokens,
        ...parseAnswer(message),
      };
    },
  };
}

async function documentBlock({ kind, text, content }: ExtractionRequest): Promise<Anthropic.ContentBlockParam> {
  const base64 = async () => Buffer.from(await content()).toString('base64');
  switch (kind) {
    case 'pdf':
      return { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: await base64() } };
    case 'png':
    case 'jpeg':
      return { type: 'image', source: { type: 'base64', media_type: `image/${kind}`, data: await base64() } };
    case 'docx':
    case 'text':
      return { type: 'text', text: text ?? '' };
  }
}

function parseAnswer(message: Anthropic.Message): Extraction {
  if (message.stop_reason === 'refusal') {
    throw new TerminalError('Claude declined to read the document', { code: 'extraction_refused' });
  }
  const used = `${message.usage.input_tokens} tokens in, ${message.usage.output_tokens} out`;
  if (message.stop_reason === 'max_tokens') {
    throw new TerminalError(`the answer was cut off after ${mostTokens} tokens (${used})`, {
      code: 'extraction_cut_off',
    });
  }
  const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const parsed = extractionSchema.safeParse(readJson(text));
  if (parsed.success) return parsed.data;
  throw new RetryableError(`the answer does not fit the schema (${used}): ${parsed.error.message}`, {
    code: 'extraction_malformed',
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rate limit (429) and overload (529) carry the time to wait; a lost connection is worth another attempt too. */
function rethrow(error: unknown): never {
  if (!(error instanceof APIError)) throw error;
  const status = typeof error.status === 'number' ? error.status : undefined;
  const seconds = Number(error.headers instanceof Headers ? error.headers.get('retry-after') : Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
  if (status === undefined || status === 408 || status === 409 || status === 429 || status >= 500) {
    throw new RetryableError(error.message, {
      code: `claude_${status ?? 'unreachable'}`,
      retryAfterMs,
      cause: error,
    });
  }
  throw new TerminalError(error.message, { code: `claude_${status}`, cause: error });
}
