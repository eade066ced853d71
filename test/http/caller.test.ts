import { HttpRequest } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { authorize, RoleLacking } from '../../src/http/authorize.ts';
import { type Access, actorOf, callerOf } from '../../src/http/caller.ts';
import { Problem } from '../../src/http/problem.ts';
import { type Role, roles } from '../../src/http/roles.ts';

const behindSignIn: Access = { trustsPrincipal: true, keyRole: undefined };

function requestOf(principal?: object | string, name?: string): HttpRequest {
  const headers = new Headers();
  const text = typeof principal === 'string' ? principal : JSON.stringify(principal);
  if (principal !== undefined) headers.set('x-ms-client-principal', Buffer.from(text).toString('base64'));
  if (name !== undefined) headers.set('x-ms-client-principal-name', name);
  return new HttpRequest({ method: 'POST', url: 'http://localhost/api', headers: Object.fromEntries(headers) });
}

const signedIn = (principal?: object | string, name?: string) => callerOf(requestOf(principal, name), behindSignIn);
const claim = (typ: string, val: string) => ({ typ, val });

describe('who acts', () => {
  it.each([
    ['a person by name', { userDetails: 'robin@example.com', claims: [claim('name', 'Robin')] }, 'robin@example.com'],
    ['a person by claims', { claims: [claim('oid', '7'), claim('preferred_username', 'robin')] }, 'robin'],
    [
      'an app, which has ids only',
      { claims: [claim('aud', 'api'), claim('appid', 'app-1'), claim('oid', '7')] },
      'app-1',
    ],
  ])('is who signed in, whatever the body says: %s', (_, principal, expected) => {
    expect(actorOf(signedIn(principal)!, 'Kim')).toBe(expected);
  });

  it('is named by the header beside the principal where no claim names anybody', () => {
    expect(signedIn({ claims: [] }, 'robin')?.name).toBe('robin');
  });

  it('is who the body names only where nobody signed in', () => {
    const byKey = callerOf(requestOf(), { trustsPrincipal: true, keyRole: 'operator' })!;
    expect(actorOf(byKey, 'Kim')).toBe('Kim');
    expect(() => actorOf(byKey, undefined)).toThrow(Problem);
  });

  it.each([{}, { claims: [claim('aud', 'api')] }, 'nonsense'])(
    'is never the body beside the principal %o',
    (principal) => {
      expect(() => signedIn(principal)).toThrow('x-ms-client-principal');
    },
  );
});

describe('a role', () => {
  const entraV1 = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
  it.each<[string, object, Role | undefined]>([
    ['of a token of Entra ID', { claims: [claim('roles', 'reviewer')] }, 'reviewer'],
    ['in the older spelling', { claims: [claim(entraV1, 'Operator')] }, 'operator'],
    ['in the claim that the principal says', { role_typ: 'groups', claims: [claim('groups', 'viewer')] }, 'viewer'],
    ['that is the highest of several', { claims: [claim('roles', 'viewer'), claim('roles', 'operator')] }, 'operator'],
    ['that is none of ours', { claims: [claim('roles', 'admin'), claim('name', 'operator')] }, undefined],
  ])('%s is read', (_, principal, role) => {
    expect(signedIn({ userDetails: 'robin', ...principal })).toEqual({ name: 'robin', role });
  });

  it('is never what a principal says that anybody may have sent', () => {
    const forged = requestOf({ userDetails: 'boss', claims: [claim('roles', 'operator')] });
    expect(callerOf(forged, { trustsPrincipal: false, keyRole: 'viewer' })).toEqual({
      name: undefined,
      role: 'viewer',
    });
  });

  it('of a key is none where keys open nothing', () => {
    expect(signedIn()).toBeUndefined();
    expect(() => authorize(undefined, 'viewer')).toThrow('sign in first');
    expect(() => authorize(undefined, 'signed-in')).toThrow('sign in first');
  });

  it.each(roles)('%s may do what those below may, and nothing that is for those above', (role) => {
    const caller = { name: 'robin', role };
    const may = roles.filter((needed) => {
      try {
        return authorize(caller, needed) === caller;
      } catch (error) {
        if (error instanceof RoleLacking) return false;
        throw error;
      }
    });
    expect(may).toEqual(roles.slice(0, roles.indexOf(role) + 1));
  });

  it('that lacks is named beside the one that is needed', () => {
    expect(() => authorize({ name: 'robin', role: 'viewer' }, 'operator')).toThrow(
      "This needs role 'operator'. 'robin' has role 'viewer'",
    );
    expect(() => authorize({ name: 'robin', role: undefined }, 'viewer')).toThrow('has no role here');
  });
});
