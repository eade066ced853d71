export { startHost, type Host, type HostOptions } from './host.ts';
export type { HostFunction } from './host-function.ts';
export type { CorsSettings } from './http/cors.ts';
export { systemClock, type Clock } from './clock.ts';
export { claimDataFolder } from './claim-data-folder.ts';
export { makeDataFolder } from './make-data-folder.ts';
export {
  createConsoleLog,
  formatJsonLine,
  formatLogLine,
  parseFields,
  type FormatLine,
  type Log,
  type LogFilter,
  type LogLevel,
} from './log.ts';
export { AppLoadError, WorkerGoneError } from './worker/worker-errors.ts';
