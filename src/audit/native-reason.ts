// Suspend, resume, terminate and rewind keep one text in the history. Ours says in it who acted; another tool's may not.

export interface NativeReason {
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
}

export const formatReason = (by: string, reason?: string): string =>
  reason === undefined ? `by ${by}` : `by ${by}: ${reason}`;

/** The reverse; a text of another form is a reason of nobody known. */
export function readReason(text: string | undefined): NativeReason {
  const found = /^by (?<actor>[^:]+)(?:: (?<reason>.*))?$/s.exec(text ?? '');
  return found === null ? { reason: text } : { actor: found.groups?.['actor'], reason: found.groups?.['reason'] };
}
