import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { postJson, Refusal } from './api.ts';
import { useOperator } from './use-operator.ts';

interface WhoAndWhyProps {
  readonly by: string;
  readonly onBy: (by: string) => void;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly isReasonNeeded: boolean;
}

export function WhoAndWhy({ by, onBy, reason, onReason, isReasonNeeded }: WhoAndWhyProps) {
  return (
    <div class="who-and-why">
      <label class="field">
        Who
        <input
          required
          maxLength={200}
          autocomplete="name"
          value={by}
          onInput={(event) => onBy(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        {isReasonNeeded ? 'Why' : 'Why (optional)'}
        <input
          required={isReasonNeeded}
          maxLength={1000}
          value={reason}
          onInput={(event) => onReason(event.currentTarget.value)}
        />
      </label>
    </div>
  );
}

/** Sends something that is signed, and keeps what is needed to show how that went. */
export function useSubmission(path: string, onAccepted: () => void) {
  const [by, setBy] = useOperator();
  const [reason, setReason] = useState('');
  const [refusal, setRefusal] = useState<Refusal>();
  const [isSending, setSending] = useState(false);
  const submit = (body: Readonly<Record<string, unknown>>): void => {
    setSending(true);
    setRefusal(undefined);
    const signature = { by: by.trim(), reason: reason.trim() || undefined };
    postJson(path, { ...body, ...signature })
      .then(onAccepted, (error: unknown) =>
        setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error))),
      )
      .finally(() => setSending(false));
  };
  return { signature: { by, onBy: setBy, reason, onReason: setReason }, refusal, isSending, submit };
}

export function RefusalText({ refusal }: { readonly refusal: Refusal | undefined }): ComponentChildren {
  return refusal === undefined ? null : (
    <p class="refusal" role="alert">
      {refusal.message}
    </p>
  );
}
