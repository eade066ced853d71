export { startHost, type Host, type HostFunction, type HostOptions } from './host.ts';
export { systemClock, type Clock } from './clock.ts';
export { createConsoleLog, type Log, type LogFilter, type LogLevel } from './log.ts';
export { AppLoadError, WorkerGoneError } from './worker/start-app-thread.ts';
