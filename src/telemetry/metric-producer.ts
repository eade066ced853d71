import { ValueType } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  InstrumentType,
  type MetricData,
  type MetricProducer,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import type { CounterPoint, HistogramPoint, Instruments, Reading } from './instruments.ts';

export interface MetricProducerOptions {
  readonly instruments: Instruments;
  readonly resource: Resource;
  readonly scope: { readonly name: string };
  readonly temporality: AggregationTemporality;
  readonly now: () => Date;
}

/** Hands the instruments' readings to an exporter of OpenTelemetry. */
export function createMetricProducer(options: MetricProducerOptions): MetricProducer {
  const { instruments, resource, scope, temporality, now } = options;
  const isDelta = temporality === AggregationTemporality.DELTA;
  let since = now();
  let before: ReadonlyMap<string, CounterPoint | HistogramPoint> = new Map();
  return {
    async collect() {
      const until = now();
      const readings = instruments.read();
      const period = { startTime: millisToHrTime(since.getTime()), endTime: millisToHrTime(until.getTime()) };
      const metrics = readings
        .map((reading) => (isDelta ? subtract(reading, before) : reading))
        .filter(({ points }) => points.length > 0)
        .map((reading) => toMetricData(reading, temporality, period));
      if (isDelta) {
        since = until;
        before = new Map(readings.flatMap((reading) => reading.points.map((point) => [keyOf(reading, point), point])));
      }
      return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
    },
  };
}

const keyOf = ({ name }: Reading, { labels }: CounterPoint | HistogramPoint): string =>
  `${name} ${JSON.stringify(labels)}`;

function subtract(reading: Reading, before: ReadonlyMap<string, CounterPoint | HistogramPoint>): Reading {
  if (reading.kind === 'counter') {
    const points = reading.points.map((point) => {
      const last = before.get(keyOf(reading, point));
      return { ...point, value: point.value - (last !== undefined && 'value' in last ? last.value : 0) };
    });
    return { ...reading, points: points.filter(({ value }) => value !== 0) };
  }
  const points = reading.points.map((point) => {
    const last = before.get(keyOf(reading, point));
    if (last === undefined || !('buckets' in last)) return point;
    return {
      ...point,
      count: point.count - last.count,
      sum: point.sum - last.sum,
      buckets: point.buckets.map((count, n) => count - (last.buckets[n] ?? 0)),
    };
  });
  return { ...reading, points: points.filter(({ count }) => count !== 0) };
}

type Period = Pick<MetricData['dataPoints'][number], 'startTime' | 'endTime'>;

function toMetricData(reading: Reading, aggregationTemporality: AggregationTemporality, period: Period): MetricData {
  const { name, description, unit } = reading;
  const descriptor = { name, description, unit, valueType: ValueType.DOUBLE };
  switch (reading.kind) {
    case 'counter':
      return {
        descriptor,
        aggregationTemporality,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: reading.points.map(({ labels, value }) => ({ ...period, attributes: { ...labels }, value })),
      };
    case 'histogram':
      return {
        descriptor,
        aggregationTemporality,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: reading.points.map(({ labels, count, sum, buckets }) => ({
          ...period,
          attributes: { ...labels },
          value: { count, sum, buckets: { boundaries: [...reading.bounds], counts: [...buckets] } },
        })),
      };
  }
}

/** What an exporter expects: all since the start, or what came since it last asked. */
export const temporalityOf = (exporter: PushMetricExporter): AggregationTemporality =>
  exporter.selectAggregationTemporality?.(InstrumentType.COUNTER) ?? AggregationTemporality.CUMULATIVE;
