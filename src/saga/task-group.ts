import type { DurableOrchestrationContext, Task } from 'durable-functions';

// Waiting again and again for the first of many tasks, some old and some new. Task.any alone cannot do it: each Task.any lists all
// its tasks, and the host starts what an action lists, so an old task would be started twice. It awaits the actions one after the
// other, too, and would stand still at a later one while the orchestrator has gone on because of an earlier. Therefore:
// 1. All tasks of a group are listed in one action that grows. The host awaits it once, until the first of its tasks has ended.
// 2. New tasks are appended in the order in which durable-functions numbers them: depth first through what is waited for. Every
//    episode sends all actions anew, so the host finds them there.
// 3. Later waits are known to durable-functions alone: marked as scheduled, they list nothing.

export interface TaskGroup {
  /** A task that ends when the first of these does; each may be new, or known to the group already. */
  any(tasks: readonly Task[]): Task;
}

/** What durable-functions 3.5 keeps in a task beside what its types show. The version is pinned. */
interface InternalTask extends Task {
  alreadyScheduled: boolean;
  readonly children?: readonly InternalTask[];
  readonly action: { compoundActions?: unknown[] };
}

export function createTaskGroup(df: DurableOrchestrationContext): TaskGroup {
  let listed: unknown[] | undefined;
  return {
    any(tasks) {
      const any = asInternal(df.Task.any([...tasks]));
      const fresh = leavesOf(any).flatMap((leaf) => (leaf.alreadyScheduled ? [] : leaf.action));
      if (listed === undefined && fresh.length > 0) {
        listed = fresh;
        any.action.compoundActions = listed;
      } else {
        listed?.push(...fresh);
        markScheduled(any);
      }
      return any;
    },
  };
}

const leavesOf = (task: InternalTask): InternalTask[] =>
  task.children === undefined ? [task] : task.children.flatMap((child) => leavesOf(child));

function markScheduled(task: InternalTask): void {
  task.alreadyScheduled = true;
  task.children?.forEach(markScheduled);
}

/** @throws Error when the package has other insides than those that are known */
function asInternal(task: Task): InternalTask {
  if ('alreadyScheduled' in task && 'children' in task && 'action' in task) return task as InternalTask;
  throw new Error(
    'durable-functions has other tasks than in 3.5: src/saga/task-group.ts must be fitted to this version',
  );
}
