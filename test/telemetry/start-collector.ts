import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';

// A receiver of OTLP over HTTP with JSON bodies (opentelemetry-proto 1.x), which keeps everything that it is sent.

export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** SPAN_KIND: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface ReceivedLog {
  readonly text: string;
  readonly severity: string;
  readonly traceId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Collector {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly logs: readonly ReceivedLog[];
  /** The last value of each counter, by name and attributes as JSON. */
  readonly counts: ReadonlyMap<string, number>;
  /** Attributes of the senders. */
  readonly resources: readonly Readonly<Record<string, unknown>>[];
  /** Waits until what was received is so. */
  until(isSo: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const logs: ReceivedLog[] = [];
  const counts = new Map<string, number>();
  const resources: Record<string, unknown>[] = [];
  const take = (received: Received): void => {
    for (const { resource, scopeSpans } of received.resourceSpans ?? []) {
      resources.push(attributesOf(resource));
      for (const span of scopeSpans.flatMap(({ spans }) => spans)) spans.push(toSpan(span));
    }
    for (const log of (received.resourceLogs ?? []).flatMap(({ scopeLogs }) => scopeLogs)) {
      for (const record of log.logRecords) {
        logs.push({
          text: record.body.stringValue,
          severity: record.severityText,
          traceId: record.traceId,
          attributes: attributesOf(record),
        });
      }
    }
    for (const { metrics } of (received.resourceMetrics ?? []).flatMap(({ scopeMetrics }) => scopeMetrics)) {
      for (const { name, sum, histogram } of metrics) {
        for (const point of sum?.dataPoints ?? [])
          counts.set(`${name} ${JSON.stringify(attributesOf(point))}`, point.asDouble ?? Number(point.asInt));
        for (const point of histogram?.dataPoints ?? [])
          counts.set(`${name} ${JSON.stringify(attributesOf(point))}`, Number(point.count));
      }
    }
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    take(JSON.parse(await text(request)) as Received);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    logs,
    counts,
    resources,
    async until(isSo) {
      while (!isSo()) await sleep(20);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Attributed {
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface SentSpan extends Attributed {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status: { readonly code?: number };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}

interface SentPoint extends Attributed {
  readonly asDouble?: number;
  readonly asInt?: number;
  readonly count?: number | string;
}

interface Received {
  readonly resourceSpans?: readonly {
    readonly resource: Attributed;
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
  readonly resourceLogs?: readonly {
    readonly scopeLogs: readonly {
      readonly logRecords: readonly (Attributed & {
        readonly body: { readonly stringValue: string };
        readonly severityText: string;
        readonly traceId: string;
      })[];
    }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly sum?: { readonly dataPoints: readonly SentPoint[] };
        readonly histogram?: { readonly dataPoints: readonly SentPoint[] };
      }[];
    }[];
  }[];
}

const attributesOf = ({ attributes = [] }: Attributed): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const toSpan = (span: SentSpan): ReceivedSpan => ({
  name: span.name,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  kind: span.kind,
  attributes: attributesOf(span),
  failed: span.status.code === 2,
  startedAt: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
  endedAt: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
});
