import type { HttpCookie } from '../worker/contract.ts';

/** The value of a Set-Cookie header (RFC 6265, 4.1), as ASP.NET Core writes it: without a path, it is for all. */
export function formatSetCookie(cookie: HttpCookie): string {
  const { name, value, maxAge, domain, path = '/', expires, httpOnly, secure, sameSite } = cookie;
  return [
    `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    expires !== undefined && `expires=${new Date(expires).toUTCString()}`,
    maxAge !== undefined && `max-age=${Math.floor(maxAge)}`,
    domain !== undefined && `domain=${domain}`,
    `path=${path}`,
    secure && 'secure',
    sameSite && `samesite=${sameSite.toLowerCase()}`,
    httpOnly && 'httponly',
  ]
    .filter(Boolean)
    .join('; ');
}
