import { readActivityFailure } from './failure-details.ts';
import { type FailureDetails, type IncomingEvent, eventType } from './history.ts';
import type { InvocationResult, TypedData, WorkerException } from '../worker/contract.ts';
import type { Timestamp } from './timestamp.ts';

/** The event that an activity's result becomes, in the texts of the extension. */
export const activityOutcome = (
  name: string,
  taskId: number,
  result: InvocationResult,
  at: Timestamp,
): IncomingEvent =>
  result.ok
    ? {
        EventType: eventType.taskCompleted,
        TaskScheduledId: taskId,
        Result: resultText(result.returnValue),
        EventId: -1,
        Timestamp: at,
      }
    : describeFailure(name, taskId, result.exception, at);

function describeFailure(name: string, taskId: number, thrown: WorkerException, at: Timestamp): IncomingEvent {
  const details = readActivityFailure(thrown.message);
  const exception = details === undefined ? thrown : { ...thrown, message: details.ErrorMessage };
  const reason = `Activity function '${name}' failed: ${exception.message}`;
  return activityFailed(taskId, reason, describeException(exception), at, details ?? null);
}

/** An activity that could not be called. */
export const activityRefused = (taskId: number, reason: string, at: Timestamp): IncomingEvent =>
  activityFailed(taskId, reason, describeException({ message: reason, stackTrace: '', source: '' }), at);

const activityFailed = (
  taskId: number,
  reason: string,
  details: string,
  at: Timestamp,
  failure: FailureDetails | null = null,
): IncomingEvent => ({
  EventType: eventType.taskFailed,
  TaskScheduledId: taskId,
  Reason: reason,
  Details: details,
  FailureDetails: failure,
  EventId: -1,
  Timestamp: at,
});

/** What a function returned, as the JSON text that the history keeps; null for nothing. */
function resultText(value: TypedData): string | null {
  if (value === undefined) return null;
  if ('string' in value) return JSON.stringify(value.string);
  if ('json' in value) return JSON.stringify(JSON.parse(value.json));
  if ('int' in value) return String(value.int);
  if ('double' in value) return JSON.stringify(value.double);
  return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
}

/** The exception as .NET serialises it; durable-functions passes this text on in the message of the error that it throws. */
function describeException({ type, message, stackTrace }: WorkerException): string {
  if (type !== undefined) {
    const name = `Microsoft.Azure.WebJobs.Host.${type}`;
    return serialiseException(name, 'Microsoft.Azure.WebJobs.Host', message, null);
  }
  return serialiseException('System.Exception', 'System.Private.CoreLib', message, {
    $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
    IsUserException: false,
    RemoteStackTrace: stackTrace,
    RemoteMessage: message,
    RemoteTypeName: null,
    Message: `Result: Failure\nException: ${message}\nStack: ${stackTrace}`,
    Data: { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' },
    InnerException: null,
    HelpLink: null,
    Source: null,
    HResult: exceptionCode,
    StackTrace: null,
  });
}

const serialiseException = (className: string, assembly: string, message: string, inner: object | null): string =>
  JSON.stringify({
    $type: `${className}, ${assembly}`,
    ClassName: className,
    Message: message,
    Data: null,
    InnerException: inner,
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: exceptionCode,
    Source: null,
    WatsonBuckets: null,
  });

/** COR_E_EXCEPTION */
const exceptionCode = -2_146_233_088;
