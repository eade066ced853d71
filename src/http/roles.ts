// Who may call what. Each role may do what those before it may.

export const roles = ['viewer', 'reviewer', 'operator'] as const;
export type Role = (typeof roles)[number];

/** `signed-in` needs to be let in, and no role. `public` needs nothing, and shows nothing that is anybody's. */
export type Need = Role | 'signed-in' | 'public';

/** What each endpoint asks of its caller. */
export const needs = {
  getDocuments: 'viewer',
  getDocument: 'viewer',
  getDocumentContent: 'viewer',
  getBatch: 'viewer',
  getBatchEvents: 'viewer',
  getOrders: 'viewer',
  getOrder: 'viewer',
  getSagas: 'viewer',
  getSaga: 'viewer',
  getSagaEvents: 'viewer',
  getAudit: 'viewer',
  /** With `raw=true`, which shows what is sensitive, `operator`. */
  getHistory: 'viewer',
  getReviews: 'viewer',
  getMetrics: 'viewer',
  postDocument: 'reviewer',
  postOrder: 'reviewer',
  postReview: 'reviewer',
  postSaga: 'operator',
  rewindSaga: 'operator',
  cancelSaga: 'operator',
  terminateSaga: 'operator',
  suspendSaga: 'operator',
  resumeSaga: 'operator',
  deleteSaga: 'operator',
  postDevFaults: 'operator',
  healthReady: 'signed-in',
  healthDependencies: 'signed-in',
  getMe: 'signed-in',
  healthLive: 'public',
  getOpenApi: 'public',
  console: 'public',
} as const satisfies Readonly<Record<string, Need>>;

export type EndpointName = keyof typeof needs;

/** The roles that one who has this role acts in. */
export const rolesWithin = (role: Role | undefined): readonly Role[] =>
  role === undefined ? [] : roles.slice(0, roles.indexOf(role) + 1);

export const isRole = (need: Need): need is Role => need !== 'signed-in' && need !== 'public';
