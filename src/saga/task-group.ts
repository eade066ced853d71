import type { DurableOrchestrationContext, Task } from 'durable-functions';

// Waiting again and again for the first of many tasks, some old and some new. Task.any alone cannot do it: each Task.any lists all
// its tasks, and the host starts what an action lists, so an old task would be started twice. It awaits the actions one after the
// other, too, and would stand still at a later one while the orchestrator has gone on because of an earlier. Therefore:
// 1. All tasks of a group are listed in one action that grows. The host awaits it once, until the first of its tasks has ended.
// 2. New tasks are appended in the order in which durable-functions numbers them: depth first through what is waited for. Every
//    episode sends all actions anew, so the host finds them there.
// 3. Later waits are known to durable-functions alone. They are the first one once more, which its tasks still report to: it is
//    set to wait again, and only new tasks are put into it. So a wait costs what is new, not what is open.

export interface TaskGroup {
  /** A task that ends when the first of these does; each may be new, or known to the group already. None has ended. */
  any(tasks: readonly Task[]): Task;
}

/** What durable-functions 3.5 keeps in a task beside what its types show. The version is pinned. */
interface InternalTask extends Task {
  alreadyScheduled: boolean;
  state: unknown;
  /** The compound that is told of its end. */
  parent?: InternalTask;
  children?: readonly InternalTask[];
  readonly action: { compoundActions?: unknown[] };
}

export function createTaskGroup(df: DurableOrchestrationContext): TaskGroup {
  let known = new WeakSet<Task>();
  let wait: Wait | undefined;
  return {
    any(tasks) {
      if (wait === undefined) {
        known = new WeakSet(tasks);
        const any = asInternal(df.Task.any([...tasks]));
        wait = beginWait(any);
        return any;
      }
      const added = tasks.filter((task) => !known.has(task));
      for (const task of added) known.add(task);
      return goOn(wait, added.map(asInternal));
    },
  };
}

interface Wait {
  readonly any: InternalTask;
  /** The actions that the host finds in it. */
  readonly listed: unknown[];
  readonly running: unknown;
}

/** Nothing begins where everything is listed elsewhere: a wait that lists nothing is known to durable-functions alone. */
function beginWait(any: InternalTask): Wait | undefined {
  const listed = newActions([any]);
  if (listed.length === 0) {
    markScheduled(any);
    return undefined;
  }
  any.action.compoundActions = listed;
  return { any, listed, running: any.state };
}

function goOn({ any, listed, running }: Wait, added: readonly InternalTask[]): InternalTask {
  listed.push(...newActions(added));
  for (const task of added) {
    task.parent = any;
    markScheduled(task);
  }
  any.children = added;
  any.state = running;
  return any;
}

const newActions = (tasks: readonly InternalTask[]): unknown[] =>
  tasks.flatMap((task) => {
    if (task.children !== undefined) return newActions(task.children);
    return task.alreadyScheduled ? [] : [task.action];
  });

function markScheduled(task: InternalTask): void {
  task.alreadyScheduled = true;
  task.children?.forEach(markScheduled);
}

/** @throws Error when the package has other insides than those that are known */
function asInternal(task: Task): InternalTask {
  if ('alreadyScheduled' in task && 'state' in task && 'action' in task) return task as InternalTask;
  throw new Error(
    'durable-functions has other tasks than in 3.5: src/saga/task-group.ts must be fitted to this version',
  );
}
