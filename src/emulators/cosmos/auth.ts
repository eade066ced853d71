import { createHmac, timingSafeEqual } from 'node:crypto';
import { CosmosError } from './errors.ts';
import { type CosmosRequest, readHeader } from './http.ts';

const tryDecode = (decode: (text: string) => string, text: string) => {
  try {
    return decode(text);
  } catch {
    return text;
  }
};

/** The type and link that a request signs (REST reference, "Access control"). */
function computeSigned(path: string): { type: string; links: string[] } {
  const parts = path.split('/').filter(Boolean);
  if (parts[4] === 'operations') return { type: 'colls', links: [parts.slice(0, 4).join('/')] };
  const isFeed = parts.length % 2 === 1;
  const type = (isFeed ? parts.at(-1) : parts.at(-2)) ?? '';
  if (type === 'offers') {
    return {
      type,
      links: [(parts[1] ?? '').toLowerCase(), tryDecode(decodeURIComponent, parts[1] ?? '').toLowerCase()],
    };
  }
  const link = (isFeed ? parts.slice(0, -1) : parts).join('/');
  // Clients sign what they encode into the path, and do not agree on how to encode.
  return { type, links: [link, tryDecode(decodeURI, link), tryDecode(decodeURIComponent, link)] };
}

const isSame = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b);

/** @throws CosmosError 401 unless the request is signed with the account's key */
export function checkSignature(request: CosmosRequest, key: string): void {
  const authorization = tryDecode(decodeURIComponent, readHeader(request, 'authorization') ?? '');
  const given = /^type=master&ver=1\.0&sig=(.+)$/.exec(authorization)?.[1];
  const date = (readHeader(request, 'x-ms-date') ?? readHeader(request, 'date') ?? '').toLowerCase();
  if (given === undefined) throw new CosmosError(401, 'The request is not signed with the account key.');
  const { type, links } = computeSigned(request.path);
  const isSigned = links.some((link) => {
    const text = `${request.method.toLowerCase()}\n${type}\n${link}\n${date}\n\n`;
    const expected = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest();
    return isSame(expected, Buffer.from(given, 'base64'));
  });
  if (!isSigned) {
    throw new CosmosError(401, 'The signature does not match: the account key is not that of this server.');
  }
}
