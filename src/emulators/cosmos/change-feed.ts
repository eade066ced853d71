import type { Container } from './catalog.ts';
import { badRequest } from './errors.ts';
import { readPageSize } from './feed.ts';
import { type CosmosRequest, readHeader, type Reply } from './http.ts';
import type { StoredItem } from './item-store.ts';
import type { PartitionFilter } from './partition-key.ts';
import { largestPage } from './query/run-query.ts';
import type { CosmosService } from './service.ts';

export const isChangeFeed = (request: CosmosRequest) => readHeader(request, 'a-im') !== undefined;

/** Answers the number of the last write the client has seen: an etag of this feed, `*` for now, nothing for none. */
function readStart(request: CosmosRequest, currentLsn: number): number {
  const seen = readHeader(request, 'if-none-match');
  if (seen === undefined) return 0;
  if (seen === '*') return currentLsn;
  const lsn = Number(/^"?(\d+)"?$/.exec(seen)?.[1] ?? Number.NaN);
  if (Number.isSafeInteger(lsn)) return lsn;
  throw badRequest(`if-none-match is ${seen}, which is no continuation of this change feed.`);
}

function readSince(request: CosmosRequest): number {
  const since = readHeader(request, 'if-modified-since');
  if (since === undefined || readHeader(request, 'if-none-match') !== undefined) return 0;
  const milliseconds = Date.parse(since);
  if (Number.isNaN(milliseconds)) throw badRequest(`if-modified-since is ${since}, which is no date.`);
  return Math.floor(milliseconds / 1000);
}

/** The latest version of each item changed since, in the order of writing. Deletions do not show. */
export function answerChangeFeed(
  request: CosmosRequest,
  { items, clock }: CosmosService,
  container: Container,
  selection: { filter?: PartitionFilter; includes(pk: string): boolean },
): Reply {
  const mode = readHeader(request, 'a-im');
  if (mode?.toLowerCase() !== 'incremental feed') {
    throw badRequest(`The change feed mode "${mode}" is not supported: use the latest version mode.`);
  }
  const most = readPageSize(request);
  const currentLsn = clock.currentLsn();
  const since = readSince(request);
  const page: string[] = [];
  let size = 0;
  let reached = currentLsn;
  for (const item of items.changes(container, readStart(request, currentLsn), selection.filter)) {
    if (!selection.includes(item.pk) || (since > 0 && readSeconds(item) < since)) continue;
    page.push(`${item.body.slice(0, -1)},"_lsn":${item.lsn}}`);
    size += item.body.length;
    reached = item.lsn;
    if (page.length === most || size >= largestPage) break;
  }
  const headers = { etag: `"${reached}"`, 'x-ms-item-count': page.length };
  if (page.length === 0) return { status: 304, headers };
  const body = `{"_rid":${JSON.stringify(container.rid)},"Documents":[${page.join(',')}],"_count":${page.length}}`;
  return { status: 200, headers, body };
}

const readSeconds = ({ body }: StoredItem) => (JSON.parse(body) as { _ts: number })._ts;
