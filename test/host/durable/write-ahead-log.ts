import { readFileSync } from 'node:fs';

const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * Where in a write-ahead log each transaction ends, in bytes (https://sqlite.org/fileformat2.html#walformat). Cut there, the log is
 * what a crash between two commits leaves behind; cut elsewhere, a crash in the middle of one.
 */
export function readCommitEnds(walFile: string): readonly number[] {
  const wal = readFileSync(walFile);
  const frameBytes = frameHeaderBytes + wal.readUInt32BE(8);
  const ends: number[] = [];
  for (let at = headerBytes; at + frameBytes <= wal.length; at += frameBytes) {
    const pagesAfterCommit = wal.readUInt32BE(at + 4);
    if (pagesAfterCommit > 0) ends.push(at + frameBytes);
  }
  return ends;
}
