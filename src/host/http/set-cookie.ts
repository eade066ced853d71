import type { HttpCookie } from '../worker/contract.ts';

/** The value of a Set-Cookie header (RFC 6265, 4.1). */
export function formatSetCookie(cookie: HttpCookie): string {
  const { name, value, maxAge, domain, path, expires, httpOnly, secure, sameSite } = cookie;
  return [
    `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    maxAge !== undefined && `Max-Age=${Math.floor(maxAge)}`,
    domain !== undefined && `Domain=${domain}`,
    path !== undefined && `Path=${path}`,
    expires !== undefined && `Expires=${new Date(expires).toUTCString()}`,
    httpOnly && 'HttpOnly',
    secure && 'Secure',
    sameSite && `SameSite=${sameSite}`,
  ]
    .filter(Boolean)
    .join('; ');
}
