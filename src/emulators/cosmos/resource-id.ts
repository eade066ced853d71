/** The length in bytes tells clients what a resource id (_rid) names: 4 a database, 8 a container, 16 an item. */
const encode = (bytes: Buffer) => bytes.toString('base64').replaceAll('/', '-');

function databaseBytes(database: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(database);
  return bytes;
}

/** The highest bit sets containers apart from users. */
function containerBytes(database: number, container: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(container + 2 ** 31);
  return Buffer.concat([databaseBytes(database), bytes]);
}

export const computeDatabaseRid = (database: number) => encode(databaseBytes(database));

export const computeContainerRid = (database: number, container: number) => encode(containerBytes(database, container));

export function computeItemRid(database: number, container: number, item: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(item));
  return encode(Buffer.concat([containerBytes(database, container), bytes]));
}

export const computeOfferRid = (offer: number) => encode(databaseBytes(offer));
