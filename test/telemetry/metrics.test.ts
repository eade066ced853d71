import { DataPointType, AggregationTemporality, type MetricData } from '@opentelemetry/sdk-metrics';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { describe, expect, it } from 'vitest';
import { createInstruments } from '../../src/telemetry/instruments.ts';
import { createMetricProducer } from '../../src/telemetry/metric-producer.ts';
import { renderPrometheus } from '../../src/telemetry/render-prometheus.ts';

function someInstruments() {
  const instruments = createInstruments();
  return {
    instruments,
    ended: instruments.counter({ name: 'saga.ended', unit: '{saga}', description: 'Ended\nsagas' }),
    duration: instruments.histogram({ name: 'saga.duration', unit: 's', description: 'Time' }, [1, 5]),
  };
}

describe('metrics for Prometheus', () => {
  it('are text with units, totals and cumulative buckets', () => {
    const { instruments, ended, duration } = someInstruments();
    ended.add(1, { saga: 'a' });
    ended.add(2, { saga: 'a' });
    for (const seconds of [0.5, 1, 4, 9]) duration.record(seconds, {});
    expect(renderPrometheus(instruments.read()).split('\n')).toEqual([
      '# HELP saga_ended_total Ended\\nsagas',
      '# TYPE saga_ended_total counter',
      'saga_ended_total{saga="a"} 3',
      '',
      '# HELP saga_duration_seconds Time',
      '# TYPE saga_duration_seconds histogram',
      'saga_duration_seconds_bucket{le="1"} 2',
      'saga_duration_seconds_bucket{le="5"} 3',
      'saga_duration_seconds_bucket{le="+Inf"} 4',
      'saga_duration_seconds_sum 14.5',
      'saga_duration_seconds_count 4',
      '',
    ]);
  });

  it('have label values that cannot break out of their quotes', () => {
    const { instruments, ended } = someInstruments();
    ended.add(1, { 'error.type': 'a"b\\c\nd' });
    expect(renderPrometheus(instruments.read())).toContain(String.raw`saga_ended_total{error_type="a\"b\\c\nd"} 1`);
  });
});

const histogram = (count: number, sum: number, counts: number[]) => ({
  count,
  sum,
  buckets: { boundaries: [1, 5], counts },
});

describe('metrics for an exporter of OpenTelemetry', () => {
  const start = new Date('2026-01-05T08:00:00Z');

  async function collected(temporality: AggregationTemporality) {
    const { instruments, ended, duration } = someInstruments();
    let now = start.getTime();
    const producer = createMetricProducer({
      instruments,
      resource: resourceFromAttributes({}),
      scope: { name: 'test' },
      temporality,
      now: () => new Date(now),
    });
    const rounds: (readonly MetricData[])[] = [];
    for (const values of [[0.5, 3], [2], []]) {
      for (const value of values) {
        ended.add(1, { saga: 'a' });
        duration.record(value, {});
      }
      now += 1_000;
      rounds.push((await producer.collect()).resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics));
    }
    return rounds.map((metrics) =>
      metrics.map(({ descriptor, dataPointType, dataPoints }) => [
        descriptor.name,
        dataPointType,
        dataPoints.map(({ value, startTime, endTime }) => ({ value, seconds: endTime[0] - startTime[0] })),
      ]),
    );
  }

  it('are all since the start, or only what came since the last time, as it expects', async () => {
    const { SUM, HISTOGRAM } = DataPointType;
    expect(await collected(AggregationTemporality.CUMULATIVE)).toEqual([
      [
        ['saga.ended', SUM, [{ value: 2, seconds: 1 }]],
        ['saga.duration', HISTOGRAM, [{ value: histogram(2, 3.5, [1, 1, 0]), seconds: 1 }]],
      ],
      [
        ['saga.ended', SUM, [{ value: 3, seconds: 2 }]],
        ['saga.duration', HISTOGRAM, [{ value: histogram(3, 5.5, [1, 2, 0]), seconds: 2 }]],
      ],
      [
        ['saga.ended', SUM, [{ value: 3, seconds: 3 }]],
        ['saga.duration', HISTOGRAM, [{ value: histogram(3, 5.5, [1, 2, 0]), seconds: 3 }]],
      ],
    ]);
    expect(await collected(AggregationTemporality.DELTA)).toEqual([
      [
        ['saga.ended', SUM, [{ value: 2, seconds: 1 }]],
        ['saga.duration', HISTOGRAM, [{ value: histogram(2, 3.5, [1, 1, 0]), seconds: 1 }]],
      ],
      [
        ['saga.ended', SUM, [{ value: 1, seconds: 1 }]],
        ['saga.duration', HISTOGRAM, [{ value: histogram(1, 2, [0, 1, 0]), seconds: 1 }]],
      ],
      [],
    ]);
  });
});
