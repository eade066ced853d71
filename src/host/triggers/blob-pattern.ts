import { splitBlobPath } from '../bindings/blob-binding.ts';

/** The blobs that a trigger's `path` means. */
export interface BlobPattern {
  readonly container: string;
  /** What the names of all such blobs begin with. */
  readonly prefix: string;
  /** What the parameters of the path stand for; undefined for a blob that is not meant. */
  match(name: string): Readonly<Record<string, string>> | undefined;
}

const escape = (text: string) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/** `container/{name}`, `container/in/{day}-{name}.csv`, or `container` for all of them. @throws for what is none */
export function parseBlobPattern(path: string): BlobPattern {
  const [container, pattern] = path.includes('/') ? splitBlobPath(path) : [path, '{name}'];
  if (container.includes('{'))
    throw new Error(`its path "${path}" has a parameter as its container; name the container.`);
  const parts = pattern.split(/\{(\w+)\}/);
  const names = parts.filter((_part, index) => index % 2 === 1);
  const form = new RegExp(`^${parts.map((part, index) => (index % 2 === 1 ? '(.+?)' : escape(part))).join('')}$`, 's');
  return {
    container,
    prefix: parts[0] ?? '',
    match(name) {
      const found = form.exec(name);
      return found
        ? Object.fromEntries(names.map((parameter, index) => [parameter, found[index + 1] ?? '']))
        : undefined;
    },
  };
}
