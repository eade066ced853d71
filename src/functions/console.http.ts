import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { type EndpointDescription, noContent } from '../http/endpoint.ts';

export const consolePages: EndpointDescription = {
  name: 'console',
  method: 'GET',
  route: 'console/{path}',
  summary: 'The operator console, in a browser',
  answers: { 200: { mediaTypes: ['text/html'] }, 304: noContent, 404: noContent },
};

/** The operator console: static pages that hold no data, and call the API as anybody does. */
export function registerConsole(folder: URL): void {
  app.http(consolePages.name, {
    methods: [consolePages.method],
    route: 'console/{*path}',
    // The API asks for the key; a browser could not send one for a page.
    authLevel: 'anonymous',
    handler: (request) => serveConsole(folder, request),
  });
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** No folders: what is beside the console cannot be reached. */
const assetName = /^[a-z0-9-]+\.[a-z0-9]+$/;

const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob:; frame-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** `assets/<file>` is a file; every other path is a screen, which the page itself shows. */
async function serveConsole(folder: URL, request: HttpRequest): Promise<HttpResponseInit> {
  const path = request.params['path'] ?? '';
  const name = path.startsWith('assets/') ? path.slice('assets/'.length) : 'index.html';
  const contentType = contentTypes[extname(name)];
  if (contentType === undefined || !assetName.test(name)) return { status: 404 };
  const content = await readIfThere(new URL(name, folder));
  if (content === undefined) return { status: 404 };
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  const headers = { ...securityHeaders, 'content-type': contentType, etag, 'cache-control': 'no-cache' };
  if (request.headers.get('if-none-match') === etag) return { status: 304, headers };
  return { status: 200, headers, body: content };
}

async function readIfThere(file: URL): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
