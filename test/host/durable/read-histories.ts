import { createStore } from '../../../src/host/durable/store.ts';

/** Every instance of an engine that does not run, with its history. */
export const readHistories = (databaseFile: string) => {
  const store = createStore(databaseFile);
  const instances = store.queryInstances('1', [], -1);
  const histories = instances.map((instance) => ({ id: instance.id, events: store.readHistory(instance).events }));
  store.close();
  return histories;
};
