/** Not part of the library's own types; it is the function that `app.orchestration` wraps a handler with. */
declare module 'durable-functions/lib/src/util/testingUtils.js' {
  import type { DummyOrchestrationContext, OrchestrationHandler } from 'durable-functions';

  export function createOrchestrator(
    handler: OrchestrationHandler,
  ): (trigger: unknown, context: DummyOrchestrationContext) => Promise<unknown>;
}
