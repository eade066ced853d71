import { useRef, useState } from 'preact/hooks';
import { asRefusal, type Refusal, request } from './api.ts';
import { batchUrl, go } from './location.ts';
import { RefusalText } from './operation-form.tsx';
import { ActionButton } from './saga-actions.tsx';
import { useRefusal } from './use-me.ts';

/** Files from this machine, as one batch, whose page is shown while they are processed. */
export function UploadButton() {
  const picker = useRef<HTMLInputElement>(null);
  const [refusal, setRefusal] = useState<Refusal>();
  const [isSending, setSending] = useState(false);
  const why = useRefusal()('upload');
  const send = async (files: FileList): Promise<void> => {
    const form = new FormData();
    for (const file of files) form.append('file', file, file.name);
    const batch = crypto.randomUUID();
    setSending(true);
    setRefusal(undefined);
    try {
      await request(`/api/documents?correlationId=${batch}`, { method: 'POST', body: form });
      go(batchUrl(batch));
    } catch (error) {
      setRefusal(asRefusal(error));
      setSending(false);
    }
  };
  return (
    <div class="upload">
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept=".pdf,.docx,.txt,.png,.jpg,.jpeg"
        aria-label="Files to process"
        onChange={({ currentTarget }) => {
          if (currentTarget.files !== null && currentTarget.files.length > 0) void send(currentTarget.files);
          currentTarget.value = '';
        }}
      />
      <ActionButton
        title={isSending ? 'Uploading…' : 'Upload documents…'}
        look="primary"
        why={why}
        onOpen={() => !isSending && picker.current?.click()}
      />
      <RefusalText refusal={refusal} />
    </div>
  );
}
