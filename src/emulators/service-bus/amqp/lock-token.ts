import rhea from 'rhea';

/** .NET writes the first three groups of a GUID with the least significant byte first. */
const dotnetOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

const reorder = (bytes: Uint8Array) => Buffer.from(dotnetOrder.map((index) => bytes[index] ?? 0));

/** Deliveries carry the token as a GUID in .NET byte order; `$management` carries it big-endian. */
export const toDeliveryTag = (token: string): Buffer => reorder(rhea.string_to_uuid(token));

/** Takes back what `toDeliveryTag` gave. */
export const fromDeliveryTag = (tag: Buffer): string => rhea.uuid_to_string(reorder(tag));
