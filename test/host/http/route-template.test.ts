import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRouteTemplate } from '../../../src/host/http/route-template.ts';

const match = (template: string, path: string) => parseRouteTemplate(template).match(path);

describe('route templates', () => {
  it.each([
    ['a/{x}', '/a/1', { x: '1' }],
    ['a/{x}', '/a', undefined],
    ['a/{x}', '/a/1/2', undefined],
    ['a/{x?}', '/a', {}],
    ['a/{x?}', '/a/1/', { x: '1' }],
    ['a/{x=5}', '/a', { x: '5' }],
    ['a/{*x}', '/a/1/2', { x: '1/2' }],
    ['a/{**x}', '/a', {}],
    ['{x}.{y}', '/report.pdf', { x: 'report', y: 'pdf' }],
    ['a-{x}-b', '/a-1-b', { x: '1' }],
    ['A/b', '/a/B', {}],
    ['a.b', '/axb', undefined],
    ['', '/', {}],
    ['größe/{x}', '/gr%C3%B6%C3%9Fe/1', { x: '1' }],
    ['a b', '/%61%20b', {}],
    ['100%', '/100%25', {}],
    ['a/b', '/a%2Fb', undefined],
  ])('%s takes from %s %j', (template, path, params) => expect(match(template, path)).toEqual(params));

  it.each([
    ['int', ['0', '-5', '2147483647'], ['', '1.5', 'x', '2147483648']],
    ['long', ['9223372036854775807'], ['9223372036854775808']],
    ['bool', ['true', 'FALSE'], ['1', 'yes']],
    ['guid', ['0f8fad5b-d9cb-469f-a165-70867728950e'], ['0f8fad5b']],
    ['decimal', ['1.5', '-2'], ['one']],
    ['datetime', ['2026-11-21'], ['someday']],
    ['alpha', ['abc'], ['a1']],
    ['minlength(2)', ['ab'], ['a']],
    ['maxlength(2)', ['ab'], ['abc']],
    ['length(2)', ['ab'], ['a', 'abc']],
    ['length(1,2)', ['a', 'ab'], ['abc']],
    ['min(3)', ['3'], ['2', 'x']],
    ['max(3)', ['3'], ['4']],
    ['range(2,3)', ['2', '3'], ['1', '4']],
    [String.raw`regex(^\d{{2}}-\w$)`, ['12-a'], ['1-a', '12-ab']],
    ['int:min(3)', ['3'], ['2', 'x']],
  ])('{x:%s} holds for %j and not for %j', (constraint, good, bad) => {
    const template = parseRouteTemplate(`{x:${constraint}}`);
    expect(good.map((value) => template.match(`/${value}`))).toEqual(good.map((x) => ({ x })));
    expect(bad.filter((value) => template.match(`/${value}`) !== undefined)).toEqual([]);
  });

  it.each([
    ['a/{x', 'brace without its pair'],
    ['a}/b', 'brace without its pair'],
    ['{}', 'brace without its pair'],
    ['{x:nosuch}', 'Unknown route constraint "nosuch"'],
    ['{x:min}', 'Unknown route constraint "min"'],
  ])('refuses %s: %s', (template, message) => {
    expect(() => parseRouteTemplate(template)).toThrow(message);
  });

  it('gives any text back that a client put into a path', () => {
    const text = string({ minLength: 1, unit: 'grapheme' }).filter((value) => value.isWellFormed());
    assert(
      property(text, text, (x, y) => {
        const path = `/a/${encodeURIComponent(x)}/${encodeURIComponent(y)}`;
        expect(match('a/{x}/{y}', path)).toEqual({ x, y });
      }),
    );
  });
});
