import { useState } from 'preact/hooks';
import { asRefusal, type Refusal, request } from './api.ts';

interface DownloadLinkProps {
  readonly path: string;
  /** Of the file on the disk. */
  readonly name: string;
  readonly text: string;
}

/** A link of its own would not send the key. */
export function DownloadLink({ path, name, text }: DownloadLinkProps) {
  const [refusal, setRefusal] = useState<Refusal>();
  const download = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const url = URL.createObjectURL(await (await request(path)).blob());
      Object.assign(document.createElement('a'), { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      setRefusal(undefined);
    } catch (error) {
      setRefusal(asRefusal(error));
    }
  };
  return (
    <>
      <a href={path} download={name} onClick={(event) => void download(event)}>
        {text}
      </a>
      {refusal !== undefined && (
        <span class="refusal" role="alert">
          {refusal.message}
        </span>
      )}
    </>
  );
}
