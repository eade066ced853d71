import { getDocumentProxy } from 'unpdf';

export type OpenPdf = Awaited<ReturnType<typeof getDocumentProxy>>;

/** Opens with pdf.js. The caller ends it with `loadingTask.destroy()`. Rejects with pdf.js's own exceptions. */
export function openPdf(bytes: Uint8Array): Promise<OpenPdf> {
  // pdf.js takes the buffer over and detaches it, hence the copy; it refuses Buffer, whose slice() is no copy either. Verbosity 0 keeps its warnings off the console.
  return getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, stopAtErrors: false });
}
