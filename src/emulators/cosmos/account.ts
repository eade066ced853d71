/** The well-known key of the vendor's own emulator; public, and of use on this machine only. */
export const accountKey = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==';

/** One region that names itself as the place to read and write. For an id 'localhost' the SDK ignores that, and asks again at every call. */
export const describeAccount = (endpoint: string) => ({
  _self: '',
  id: 'local',
  _rid: 'local',
  _dbs: '//dbs/',
  writableLocations: [{ name: 'Local', databaseAccountEndpoint: endpoint }],
  readableLocations: [{ name: 'Local', databaseAccountEndpoint: endpoint }],
  enableMultipleWriteLocations: false,
  userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 1, maxReplicasetSize: 1 },
  userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
  systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 1 },
  readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
  queryEngineConfiguration: '{}',
});
