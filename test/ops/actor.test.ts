import { HttpRequest } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/http/problem.ts';
import { actorOf } from '../../src/ops/actor.ts';

function signedIn(principal?: object | string): HttpRequest {
  const text = typeof principal === 'string' ? principal : JSON.stringify(principal);
  const headers = principal && { 'x-ms-client-principal': Buffer.from(text).toString('base64') };
  return new HttpRequest({ method: 'POST', url: 'http://localhost/api', ...(headers && { headers }) });
}

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
    expect(actorOf(signedIn(principal), 'Kim')).toBe(expected);
  });

  it('is who the body names only where nobody signed in', () => {
    expect(actorOf(signedIn(), 'Kim')).toBe('Kim');
    expect(() => actorOf(signedIn(), undefined)).toThrow(Problem);
  });

  it.each([{}, { claims: [claim('aud', 'api')] }, 'nonsense'])(
    'is never the body beside the principal %o',
    (principal) => {
      expect(() => actorOf(signedIn(principal), 'Kim')).toThrow('x-ms-client-principal');
    },
  );
});
