import type { Labels, Reading } from './instruments.ts';

/** The content type of {@link renderPrometheus}. */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Readings in the text format that Prometheus scrapes, named as OpenTelemetry's own exporter names them. */
export const renderPrometheus = (readings: readonly Reading[]): string =>
  readings
    .flatMap((reading) => {
      const name = prometheusName(reading);
      return [
        `# HELP ${name} ${escapeText(reading.description)}`,
        `# TYPE ${name} ${reading.kind}`,
        ...renderPoints(name, reading),
        '',
      ];
    })
    .join('\n');

function renderPoints(name: string, reading: Reading): string[] {
  switch (reading.kind) {
    case 'counter':
      return reading.points.map(({ labels, value }) => `${name}${renderLabels(labels)} ${value}`);
    case 'histogram':
      return reading.points.flatMap(({ labels, count, sum, buckets }) => {
        const inBucket = (bound: string, upTo: number): string => {
          const total = buckets.slice(0, upTo).reduce((all, one) => all + one, 0);
          return `${name}_bucket${renderLabels({ ...labels, le: bound })} ${total}`;
        };
        return [
          ...reading.bounds.map((bound, n) => inBucket(String(bound), n + 1)),
          inBucket('+Inf', buckets.length),
          `${name}_sum${renderLabels(labels)} ${sum}`,
          `${name}_count${renderLabels(labels)} ${count}`,
        ];
      });
  }
}

/** A unit in braces only says what is counted, and is left out. */
function prometheusName({ name, unit, kind }: Reading): string {
  const units: Readonly<Record<string, string>> = { s: '_seconds' };
  return `${plain(name)}${units[unit] ?? ''}${kind === 'counter' ? '_total' : ''}`;
}

const plain = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, '_');

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${plain(name)}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escapeText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string): string => escapeText(text).replaceAll('"', '\\"');
