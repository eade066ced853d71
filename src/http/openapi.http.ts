import { z } from 'zod';
import type { Access } from './caller.ts';
import type { Endpoint, EndpointDescription } from './endpoint.ts';
import { describeApi } from './openapi.ts';

/** Serves the description of itself and of all others. */
export function openApiEndpoint(others: readonly EndpointDescription[], access: Access): Endpoint {
  const description: EndpointDescription = {
    name: 'getOpenApi',
    method: 'GET',
    route: 'openapi.json',
    summary: 'This document',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
  };
  const document = describeApi([...others, description], {
    title: 'durable-saga',
    version: '1',
    access,
  });
  return { ...description, handle: async () => ({ status: 200, jsonBody: document }) };
}
