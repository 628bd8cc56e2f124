// In which type an error is told: what Kong makes of the same Accept header, or of the request's own type.
import { expect, test } from 'vitest';
import { errorPage, pagesOfKong } from '../../../src/proxy/exchange/error-page.ts';

type Type = 'json' | 'plain' | 'html' | 'xml';

const byAccept: readonly (readonly [accept: string, type: Type])[] = [
  ['application/json', 'json'],
  ['*/*', 'json'],
  ['text/*', 'plain'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'html'],
  ['application/xml;q=0.9,text/plain;q=0.8', 'xml'],
  ['text/plain;q=0.8, application/xml;q=0.9', 'xml'],
  ['text/html; level=1; q=0.4, text/plain;q=0.5', 'plain'],
  ['text/html;q=0.4;level=1, text/plain;q=0.5', 'plain'],
  ['text/html;q=0, text/plain;q=0.001', 'plain'],
  // A type that is not known, or not written in small letters, counts with its quality: as JSON.
  ['application/problem+json, text/html;q=0.9', 'json'],
  ['image/png;q=0.1, text/html;q=0.2', 'html'],
  ['TEXT/HTML', 'json'],
  ['text/xml', 'json'],
  ['application/xhtml+xml', 'json'],
  // What is no media type does not count.
  ['x, , text/html;q=0.1', 'html'],
  ['', 'json'],
  // What is no quality is 1.
  ['text/plain;q=, text/html', 'plain'],
  ['application/xml;q=x, text/html', 'xml'],
  ['text/plain;q=0.5, text/html;q=1.5', 'html'],
];

test.each(byAccept)('%s: %s', (accept, type) => {
  for (const isLowLevel of [false, true])
    expect(typeOf(errorPage('m', 'id', accept, null, isLowLevel, pagesOfKong).contentType)).toBe(type);
});

const byContentType: readonly (readonly [contentType: string | null, type: Type])[] = [
  [null, 'plain'],
  ['text/html; charset=utf-8', 'html'],
  ['application/xml', 'xml'],
  ['application/json', 'json'],
  ['application/x-www-form-urlencoded', 'json'],
  ['multipart/form-data; boundary=x', 'json'],
  ['text/css', 'json'],
];

test.each(byContentType)('without Accept, %s: %s', (contentType, type) => {
  expect(typeOf(errorPage('m', 'id', null, contentType, true, pagesOfKong).contentType)).toBe(type);
  expect(typeOf(errorPage('m', 'id', null, contentType, false, pagesOfKong).contentType)).toBe('json');
});

function typeOf(mediaType: string): string {
  return /\/(json|plain|html|xml); charset=utf-8$/.exec(mediaType)![1]!;
}

test('every page ends in a new line, but that of JSON', () => {
  const end = (accept: string): string =>
    errorPage('m', 'id', accept, null, false, pagesOfKong).body.slice(-1);
  expect(['application/xml', 'text/html', 'text/plain', 'application/json'].map(end)).toEqual([
    '\n',
    '\n',
    '\n',
    '}',
  ]);
});
