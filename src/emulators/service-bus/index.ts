export { startServiceBusEmulator, type ServiceBusEmulator, type ServiceBusEmulatorOptions } from './emulator.ts';
export type { EntitiesConfig } from './entities-config.ts';
