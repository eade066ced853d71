import { expect } from 'vitest';
import type { Answer, ProblemDocument } from './api.ts';

/** That the answer is a problem document which names the remedy in words. */
export function expectProblem(answer: Answer<ProblemDocument>, status: number, code: string, remedy: RegExp): void {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({
    type: `urn:durable-saga:problem:${code}`,
    title: expect.any(String) as string,
    status,
    correlationId: answer.headers.get('x-correlation-id'),
  });
  expect(answer.status).toBe(status);
  expect(answer.body.detail).toMatch(remedy);
}
