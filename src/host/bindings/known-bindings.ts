import type { ReadInput, WriteOutput } from './binding-call.ts';
import { readBlob, writeBlob } from './blob-binding.ts';
import { readCosmos, writeCosmos } from './cosmos-binding.ts';
import { sendToServiceBus } from './service-bus-output.ts';

/** By type. What Durable and HTTP have is not among them: the host itself gives and takes it. */
export const inputBindings: Readonly<Record<string, ReadInput>> = { blob: readBlob, cosmosDB: readCosmos };

/** By type. */
export const outputBindings: Readonly<Record<string, WriteOutput>> = {
  blob: writeBlob,
  cosmosDB: writeCosmos,
  serviceBus: sendToServiceBus,
};
