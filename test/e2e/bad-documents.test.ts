import { PDFDocument } from 'pdf-lib';
import { afterAll, describe, expect, it } from 'vitest';
import type { DocumentPage } from '../../src/azure/document-records.ts';
import { type Accepted, createApi, type ProblemDocument, until } from './api.ts';
import { expectProblem } from './expect-problem.ts';
import { connect } from './local-clients.ts';
import { useProgram } from './program.ts';
import { sample } from './sample.ts';

const program = await useProgram();
const api = createApi(program.url);
const local = connect(program.connections);
afterAll(() => local.close());

const pdf = await sample('harbor-pine-invoice.pdf');

const megabytes = (count: number): Uint8Array => new Uint8Array(count * 1024 * 1024).fill(0x41);

const post = (content: Uint8Array | string, query = '', headers: Record<string, string> = {}) =>
  api.send<ProblemDocument & Accepted>(`/api/documents${query}`, {
    method: 'POST',
    headers,
    body: typeof content === 'string' ? content : Buffer.from(content),
  });

const multipart = (body: string, boundary = 'b') =>
  post(body, '', { 'content-type': `multipart/form-data; boundary=${boundary}` });
const part = (disposition: string, content: string) =>
  `--b\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}\r\n--b--\r\n`;

describe('a file that cannot be a document', () => {
  it.each([
    ['an empty body', '', 'empty.pdf', 400, 'document_empty', /empty\.pdf .*has no content; send the file again/],
    ['white space', ' \n\t ', 'blank.txt', 400, 'document_empty', /send the file again/],
    ['a truncated PDF', pdf.subarray(0, 700), 'cut.pdf', 400, 'document_truncated', /send the whole file again/],
    [
      'an executable named .pdf',
      `MZ${'\0'.repeat(200)}`,
      'tool.pdf',
      415,
      'document_unsupported',
      /send a PDF, DOCX, plain text, PNG or JPEG/,
    ],
    ['an ELF program', `\x7fELF${'\0'.repeat(200)}`, 'a.out', 415, 'document_unsupported', /send a PDF/],
    [
      'a zip archive',
      `PK\x03\x04${'\0'.repeat(30)}PK\x05\x06${'\0'.repeat(18)}`,
      'all.zip',
      415,
      'document_unsupported',
      /send a PDF/,
    ],
  ])('%s is refused', async (_what, content, name, status, code, remedy) => {
    expectProblem(await post(content, `?name=${name}`), status, code, remedy);
  });

  it('the type that curl gives to any body is not held against a file', async () => {
    const answer = await post('', '?name=empty.pdf', { 'content-type': 'application/x-www-form-urlencoded' });
    expectProblem(answer, 400, 'document_empty', /^empty\.pdf has no content/);
  });

  it('JSON where a file belongs is refused, whatever the case of its type', async () => {
    for (const type of ['application/json', 'Application/JSON; charset=utf-8']) {
      expectProblem(await post('{}', '', { 'content-type': type }), 415, 'not_a_document', /send the file itself/);
    }
  });

  it('an encrypted PDF is refused with what to do', async () => {
    expectProblem(
      await post(await encryptedPdf(), '?name=secret.pdf'),
      400,
      'document_encrypted',
      /remove its password/,
    );
  });

  it('a PDF that is damaged inside ends as a failed document with its reason, its file kept', async () => {
    const damaged = Buffer.from(pdf);
    damaged.fill(0x20, 30, damaged.length - 300);
    const { status, body } = await post(damaged, '?name=damaged.pdf');
    expect(status).toBe(202);
    const saga = await api.untilSaga(body.instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    expect(saga.error?.code).toMatch(/^document_/);
    expect(await api.record(body.documentId)).toMatchObject({ status: 'failed', error: { code: saga.error?.code } });
    expect(await local.blobNames('failed')).toContain(body.blobName);
  });

  it('that is dropped straight into incoming ends as a failed document with its reason, its file kept', async () => {
    await local.dropBlob('dropped.exe', Buffer.from(`MZ${'\0'.repeat(200)}`));
    await local.dropBlob('dropped-empty.pdf', new Uint8Array());
    await local.dropBlob('dropped-big.txt', megabytes(60));
    const failed = await until(
      'three failed documents',
      async () => (await api.get<DocumentPage>('/api/documents?q=dropped&status=failed')).body.documents,
      (documents) => documents.length === 3,
    );
    expect(new Set(failed.map(({ error }) => error?.code))).toEqual(
      new Set(['document_unsupported', 'document_empty', 'too_large']),
    );
    expect(await local.blobNames('failed')).toEqual(
      expect.arrayContaining(['dropped.exe', 'dropped-empty.pdf', 'dropped-big.txt']),
    );
  });
});

describe('a file over the limit', () => {
  it('is refused by its announced length', async () => {
    expectProblem(await post(megabytes(60), '?name=big.txt'), 413, 'too_large', /over 50 MB: split the document/);
  });

  it('is refused without one too, and as multipart', async () => {
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let n = 0; n < 60; n++) controller.enqueue(megabytes(1));
        controller.close();
      },
    });
    const chunked = await api.send<ProblemDocument>('/api/documents?name=big.txt', {
      method: 'POST',
      body: chunks,
      duplex: 'half',
    });
    expectProblem(chunked, 413, 'too_large', /over 50 MB/);

    const form = new FormData();
    form.append('file', new Blob([Buffer.from(megabytes(60))]), 'big.txt');
    const multipart = await api.send<ProblemDocument>('/api/documents', { method: 'POST', body: form });
    expectProblem(multipart, 413, 'too_large', /over 50 MB/);
  });

  it('just below the limit is taken', async () => {
    const { status, body } = await post(megabytes(49), '?name=large.txt');
    expect(status).toBe(202);
    const saga = await api.untilSaga(body.instanceId, ({ runtimeStatus }) => runtimeStatus === 'Failed');
    expect(saga.error).toMatchObject({
      code: 'document_too_large',
      message: expect.stringContaining('split it') as string,
    });
  });
});

describe('a name', () => {
  it.each([
    ['with folders in it', '../../etc/passwd.pdf', /_passwd\.pdf$/],
    ['with folders of Windows in it', String.raw`C:\temp\report.pdf`, /_report\.pdf$/],
    ['of 300 characters', `${'n'.repeat(296)}.pdf`, /_n{96}\.pdf$/],
    ['in Chinese', '发票 2026年五月.pdf', /_发票 2026年五月\.pdf$/],
    ['of 300 Chinese characters', `${'票'.repeat(296)}.pdf`, /_票{96}\.pdf$/],
    ['of emoji', '🧾🧾.pdf', /_.*\.pdf$/],
    ['with every character that URLs know', `a?b#c%d&e+f=g"h'i.pdf`, /_.*\.pdf$/],
    ['of dots', '...', /_document$/],
    ['that is none', '', /_document$/],
  ])('%s is kept in the record and made safe in the blob', async (_what, name, blobName) => {
    const { status, body } = await post(pdf, `?name=${encodeURIComponent(name)}`);
    expect(status).toBe(202);
    expect(body.blobName).toMatch(blobName);
    expect(body.blobName).not.toMatch(/[/\\?#%]/);
    const record = await api.untilRecord(body.documentId, ({ blobUrl }) => blobUrl.includes('/processed/'));
    expect(record).toMatchObject({ status: 'processed', name: name || 'document' });
    expect(await local.blobNames('processed')).toContain(body.blobName);
  });

  it('may come in the form, in any script', async () => {
    const form = new FormData();
    form.append('file', new Blob([Buffer.from(pdf)]), '../счёт №7.pdf');
    const { status, body } = await api.send<Accepted>('/api/documents', { method: 'POST', body: form });
    expect(status).toBe(202);
    expect(body.blobName).toMatch(/_счёт №7\.pdf$/);
  });

  it('that is longer than metadata can hold is refused', async () => {
    const answer = await post(pdf, `?name=${encodeURIComponent('票'.repeat(900))}`);
    expectProblem(answer, 400, 'invalid', /the name has 900 characters; send at most/);
  });
});

describe('a multipart body', () => {
  it('without its end, with another boundary or with none is refused', async () => {
    const open = part('name="file"; filename="a.txt"', 'text').replace('--b--', '');
    expectProblem(await multipart(open), 400, 'malformed_multipart', /check its boundary and end/);
    expectProblem(await multipart(part('name="file"', 'text'), 'x'), 400, 'malformed_multipart', /check its boundary/);
    const none = await post('text', '', { 'content-type': 'multipart/form-data' });
    expectProblem(none, 400, 'malformed_multipart', /check its boundary/);
  });

  it('without a file is refused', async () => {
    expectProblem(await multipart(part('name="comment"', 'text')), 400, 'no_file', /add one as a part with a filename/);
  });

  it('with one bad file among good ones is refused whole, naming it', async () => {
    const form = new FormData();
    form.append('file', new Blob([Buffer.from(pdf)]), 'good.pdf');
    form.append('file', new Blob([]), 'bad.pdf');
    const before = await local.blobNames('incoming');
    const answer = await api.send<ProblemDocument>('/api/documents', { method: 'POST', body: form });
    expectProblem(answer, 400, 'document_empty', /bad\.pdf .*has no content/);
    expect(answer.body.errors?.map(({ field }) => field)).toEqual(['bad.pdf']);
    expect(await local.blobNames('incoming')).toEqual(before);
  });
});

it('after all this the program serves on, and keeps every file', async () => {
  expect((await api.get('/api/health/ready')).status).toBe(200);
  await until(
    'an empty incoming',
    () => local.blobNames('incoming'),
    (names) => names.length === 0,
  );
  expect(program.output()).not.toMatch(/unhandled|uncaught|crashed/i);
});

/** A PDF that asks for a password, as far as a reader looks before it asks (ISO 32000-1, 7.6). */
async function encryptedPdf(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.addPage();
  const { context } = document;
  const thirtyTwoBytes = '<28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a>';
  const encrypt = context.obj({ Filter: 'Standard', V: 1, R: 2, Length: 40, P: -4 });
  context.trailerInfo.Encrypt = context.register(encrypt);
  const bytes = Buffer.from(await document.save({ useObjectStreams: false })).toString('latin1');
  const key = `/O ${thirtyTwoBytes} /U ${thirtyTwoBytes} /Filter /Standard`;
  const id = '/ID [<0123456789abcdef0123456789abcdef> <0123456789abcdef0123456789abcdef>]';
  return Buffer.from(bytes.replace('/Filter /Standard', key).replace('/Encrypt', `${id} /Encrypt`), 'latin1');
}
