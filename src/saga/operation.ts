import type { Task } from 'durable-functions';

/** What `yield*` runs inside a saga: it waits on durable tasks and ends with a typed result. */
export type Operation<T> = Generator<Task, T, unknown>;
