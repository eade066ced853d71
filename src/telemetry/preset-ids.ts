import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';
import type { TracePlace } from './trace-parent.ts';

export interface PresetIds extends IdGenerator {
  /** Gives the spans that `start` begins this identity; it must not wait. */
  withIds<T>(place: TracePlace, start: () => T): T;
}

/** Random ids, except where a span has its identity already. */
export function createPresetIds(): PresetIds {
  const random = new RandomIdGenerator();
  let preset: TracePlace | undefined;
  return {
    generateTraceId: () => preset?.traceId ?? random.generateTraceId(),
    generateSpanId: () => preset?.spanId ?? random.generateSpanId(),
    withIds(place, start) {
      preset = place;
      try {
        return start();
      } finally {
        preset = undefined;
      }
    },
  };
}
