import { createRequire } from 'node:module';

type InProcess = typeof import('../host/worker/in-process-app.ts');

/** By `require`, past whatever a test runner does to imports: see the module itself. */
export const { startInProcessApp } = createRequire(import.meta.url)(
  `../host/worker/in-process-app${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
) as InProcess;
