import type { ComponentChildren } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { asRefusal, type Refusal } from './api.ts';
import { MeContext } from './use-me.ts';
import { useOperator } from './use-operator.ts';

interface WhoAndWhyProps {
  readonly by: string;
  readonly onBy: (by: string) => void;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly isReasonNeeded: boolean;
}

/** Who is signed in acts in that name. */
export function WhoAndWhy({ by, onBy, reason, onReason, isReasonNeeded }: WhoAndWhyProps) {
  const name = useContext(MeContext)?.name;
  return (
    <div class="who-and-why">
      <label class="field">
        Who
        <input
          required
          maxLength={200}
          autocomplete="name"
          readOnly={name !== undefined}
          value={name ?? by}
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

type Body = Readonly<Record<string, unknown>>;

/** Sends something that is signed, and keeps what is needed to show how that went. */
export function useSubmission(send: (body: Body) => Promise<void>, onAccepted: () => void) {
  const [by, setBy] = useOperator();
  const [reason, setReason] = useState('');
  const [refusal, setRefusal] = useState<Refusal>();
  const [isSending, setSending] = useState(false);
  const submit = (body: Body): void => {
    if (isSending) return;
    setSending(true);
    setRefusal(undefined);
    const signature = { by: by.trim() || undefined, reason: reason.trim() || undefined };
    send({ ...body, ...signature })
      .then(onAccepted, (error: unknown) => setRefusal(asRefusal(error)))
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
