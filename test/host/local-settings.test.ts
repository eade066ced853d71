import { describe, expect, it } from 'vitest';
import { readLocalSettings } from '../../src/host/local-settings.ts';
import { makeApp, makeFolder } from './run-app.ts';

const read = (settings: object) => readLocalSettings(makeApp({ 'local.settings.json': settings }));

describe('local.settings.json', () => {
  it('gives settings as texts, and who may call where', () => {
    const Host = { CORS: 'http://one, http://two', CORSCredentials: true, LocalHttpPort: 7099 };
    expect(read({ IsEncrypted: false, Values: { A: 'x', B: 1, C: true }, Host })).toEqual({
      values: { A: 'x', B: '1', C: 'true' },
      cors: { origins: ['http://one', 'http://two'], credentials: true },
      port: 7099,
    });
  });

  it('may have comments', () => {
    const text = '{ "Values": { "A": "http://one" // of the test\n } }';
    expect(readLocalSettings(makeApp({ 'local.settings.json': text })).values).toEqual({ A: 'http://one' });
  });

  it('may be absent', () => {
    expect(readLocalSettings(makeFolder())).toEqual({ values: {}, cors: undefined, port: undefined });
  });

  it.each([
    [{ IsEncrypted: true, Values: { A: 'CfDJ8' } }, 'it is encrypted; run `func settings decrypt` first.'],
    [{ Host: { LocalHttpPort: 'x' } }, '"Host" has LocalHttpPort "x"; expected a number from 0 to 65535.'],
    [{ Host: { CORS: '*', CORSCredentials: true } }, 'name the origins that may send cookies'],
  ])('is refused as %j', (settings, message) => {
    expect(() => read(settings)).toThrow(message);
  });
});
