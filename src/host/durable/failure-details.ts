import { isObject } from '../is-object.ts';
import type { FailureDetails } from './history.ts';

/**
 * What an activity's error says of itself (setExceptionPropertiesProvider of durable-functions): then its message is JSON text.
 * Undefined for every other message.
 */
export function readActivityFailure(message: string): FailureDetails | undefined {
  if (!message.startsWith('{')) return undefined;
  let payload: unknown;
  try {
    payload = JSON.parse(message);
  } catch {
    return undefined;
  }
  if (!isObject(payload) || typeof payload.errorType !== 'string' || !isObject(payload.properties)) return undefined;
  return {
    ErrorType: payload.errorType,
    ErrorMessage: String(payload.errorMessage),
    StackTrace: textOrNull(payload.stackTrace),
    InnerFailure: null,
    IsNonRetriable: payload.isNonRetriable === true,
    Properties: payload.properties,
  };
}

/** What an orchestrator passes on of a failure that it has not caught; null for nothing. */
export function readPassedFailure(value: unknown): FailureDetails | null {
  if (!isObject(value) || typeof value.ErrorType !== 'string') return null;
  return {
    ErrorType: value.ErrorType,
    ErrorMessage: String(value.ErrorMessage),
    StackTrace: textOrNull(value.StackTrace),
    InnerFailure: readPassedFailure(value.InnerFailure),
    IsNonRetriable: value.IsNonRetriable === true,
    Properties: isObject(value.Properties) ? value.Properties : null,
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
