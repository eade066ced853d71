import { useState } from 'preact/hooks';
import { ErrorNotice, Loading, Notice } from './parts.tsx';
import { type LoadedFile, useFile } from './use-file.ts';

interface DocumentViewerProps {
  readonly documentId: string;
  readonly name: string;
}

/** The document itself: as it looks where a browser can show that, and its text where it has one. */
export function DocumentViewer({ documentId, name }: DocumentViewerProps) {
  const [isText, setText] = useState(false);
  const path = `/api/documents/${encodeURIComponent(documentId)}/content`;
  const { file, error } = useFile(path);
  return (
    <section class="panel viewer" aria-labelledby="viewer-title">
      <div class="panel-head">
        <h2 id="viewer-title">Document</h2>
        {file !== undefined && looks(file) === 'pdf' && (
          <div class="switch" role="group" aria-label="Show the document as">
            <button type="button" aria-pressed={!isText} onClick={() => setText(false)}>
              Page
            </button>
            <button type="button" aria-pressed={isText} onClick={() => setText(true)}>
              Text
            </button>
          </div>
        )}
        {file !== undefined && <Links file={file} name={name} />}
      </div>
      {error !== undefined && <Missing error={error} />}
      {file === undefined && error === undefined && <Loading />}
      {file !== undefined &&
        (isText || looks(file) === 'text' ? <TextView path={path} /> : <View file={file} name={name} />)}
    </section>
  );
}

const Links = ({ file, name }: { readonly file: LoadedFile; readonly name: string }) => (
  <p class="exports">
    {looks(file) !== 'nothing' && looks(file) !== 'text' && (
      <a href={file.url} target="_blank" rel="noopener">
        new tab
      </a>
    )}
    <a href={file.url} download={name}>
      download
    </a>
  </p>
);

/** That a file is not kept for ever is no failure. */
const Missing = ({ error }: { readonly error: NonNullable<ReturnType<typeof useFile>['error']> }) =>
  error.status === 410 ? <Notice title={error.message} /> : <ErrorNotice error={error} />;

type Looks = 'pdf' | 'image' | 'text' | 'nothing';

function looks({ contentType }: LoadedFile): Looks {
  if (contentType === 'application/pdf') return 'pdf';
  if (contentType.startsWith('image/')) return 'image';
  return contentType.startsWith('text/') || contentType.includes('wordprocessingml') ? 'text' : 'nothing';
}

function View({ file, name }: { readonly file: LoadedFile; readonly name: string }) {
  switch (looks(file)) {
    case 'pdf':
      return <iframe class="viewer-frame" src={`${file.url}#navpanes=0&view=FitH`} title={`Pages of ${name}`} />;
    case 'image':
      return (
        <div class="viewer-frame viewer-image" tabIndex={0} role="group" aria-label={`Picture of ${name}`}>
          <img src={file.url} alt={name} />
        </div>
      );
    case 'text':
    case 'nothing':
      return <Notice title="A browser cannot show this file." />;
  }
}

function TextView({ path }: { readonly path: string }) {
  const { file, error } = useFile(`${path}?as=text`);
  if (error !== undefined)
    return error.status === 409 ? <Notice title={error.message} /> : <ErrorNotice error={error} />;
  if (file === undefined) return <Loading />;
  return (
    <pre class="viewer-frame viewer-text" tabIndex={0} role="region" aria-label="Text of the document">
      {file.text}
    </pre>
  );
}
