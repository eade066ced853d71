import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createVerifier } from '../audit/signature.ts';
import { type Verdict, verifyTrail } from '../audit/verify-trail.ts';
import { readCommandLine } from '../command-line.ts';

// `npm run audit`: exports trails, and tells whether an export is what was exported. Exits with 0 only if all is well.

const usage = `Usage: npm run audit -- verify FILE [--public-key FILE]
       npm run audit -- export ID --url URL [--format json|jsonl|csv|html] [--key FUNCTION_KEY | --token ENTRA_TOKEN]`;

const print = (text: string): void => void process.stdout.write(text);

const run = readCommandLine(usage, parse);
try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** @throws for arguments that make no sense */
function parse(args: string[]): () => Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'public-key': { type: 'string' },
      url: { type: 'string' },
      format: { type: 'string', default: 'jsonl' },
      key: { type: 'string' },
      token: { type: 'string' },
    },
  });
  const [command, subject, ...others] = positionals;
  if (subject === undefined || others.length > 0) throw new Error('Give a command and what it is about.');
  if (command === 'verify') return () => verify(subject, values['public-key']);
  if (command !== 'export') throw new Error(`The command is '${command}'; give verify or export.`);
  const { url, format } = values;
  if (url === undefined) throw new Error('--url is missing: say where the app runs.');
  return () => exportTrail(subject, url, format, headersFor(values));
}

async function verify(file: string, keyFile: string | undefined): Promise<number> {
  const verifier = keyFile === undefined ? undefined : createVerifier(await readFile(keyFile, 'utf8'));
  const verdict = verifyTrail(await readFile(file, 'utf8'), verifier);
  print(describe(file, verdict));
  return verdict.ok ? 0 : 1;
}

function describe(file: string, verdict: Verdict): string {
  if (!verdict.ok) {
    const problems = verdict.problems.map(({ message }) => `- ${message}\n`);
    const isWhole = verdict.problems.every(({ kind }) => kind === 'unsigned');
    return `${file} is ${isWhole ? 'whole, but nobody vouches for it' : 'NOT as it was exported'}:\n${problems.join('')}`;
  }
  const { instanceId, saga, count, hash, signature } = verdict.head;
  const signed = {
    none: 'It is not signed: whoever could write the file could also have computed all of it anew.',
    unchecked: `It says that it is signed with key ${signature?.keyId}; give --public-key to check that.`,
    valid: `It is signed with key ${signature?.keyId}, and the signature is right.`,
  };
  return `${file} is as it was exported: ${count} entries of ${saga} ${instanceId}, head ${hash}.\n${signed[verdict.signature]}\n`;
}

/** How the app lets in: by a function key, or by who is signed in. */
function headersFor({ key, token }: { readonly key?: string; readonly token?: string }): Record<string, string> {
  return {
    ...(key !== undefined && { 'x-functions-key': key }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

async function exportTrail(
  id: string,
  url: string,
  format: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const query = new URLSearchParams({ format });
  const address = new URL(`/api/sagas/${encodeURIComponent(id)}/audit?${query.toString()}`, url);
  const response = await fetch(address, { headers }).catch((error: unknown) => {
    throw new Error(`Nothing answers at ${address.origin}: start the app, or give another --url.`, { cause: error });
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`${address.href} answered ${response.status}: ${detailOf(body)}`);
  print(body);
  return 0;
}

/** Of a problem document (RFC 9457); anything else is shown as it is. */
function detailOf(body: string): string {
  try {
    return z.object({ detail: z.string() }).parse(JSON.parse(body)).detail;
  } catch {
    return body;
  }
}
