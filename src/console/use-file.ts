import { useEffect, useState } from 'preact/hooks';
import { asRefusal, type Refusal, request } from './api.ts';

export interface LoadedFile {
  readonly contentType: string;
  /** Of this page alone, so that what asks for a key can be shown in a frame and an image too. */
  readonly url: string;
  /** Of a text; nothing for what is none. */
  readonly text: string | undefined;
}

export interface FileState {
  readonly file: LoadedFile | undefined;
  readonly error: Refusal | undefined;
}

const nothing: FileState = { file: undefined, error: undefined };

/** The file at `path`, kept for as long as it is shown. */
export function useFile(path: string): FileState {
  const [state, setState] = useState<FileState>(nothing);
  useEffect(() => {
    const ending = new AbortController();
    let url: string | undefined;
    const load = async (): Promise<void> => {
      setState(nothing);
      try {
        const blob = await (await request(path, { signal: ending.signal })).blob();
        const text = blob.type.startsWith('text/') ? await blob.text() : undefined;
        if (ending.signal.aborted) return;
        url = URL.createObjectURL(blob);
        setState({ file: { contentType: blob.type, url, text }, error: undefined });
      } catch (error) {
        if (ending.signal.aborted) return;
        setState({ file: undefined, error: asRefusal(error) });
      }
    };
    void load();
    return () => {
      ending.abort();
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [path]);
  return state;
}
