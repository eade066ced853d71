import { expect, it } from 'vitest';
import { processDocument } from '../../orchestrators/process-document.ts';
import { sweep } from '../../src/testing/index.ts';
import { openDocumentWorld, sampleText, uploaded } from './document-world.ts';

const patience = { timeout: 300_000 };

it('processes a document or withdraws it, whatever fails', patience, async () => {
  const content = await sampleText('harbor-pine-invoice.pdf');
  const { steps, cases } = await sweep(processDocument, uploaded('invoice.txt', content), {
    open: () => openDocumentWorld(content),
  });
  expect(steps).toEqual([
    'saveRecord#1',
    'publishEvents#1',
    'downloadDocument#1',
    'classifyDocument#1',
    'extractFields#1',
    'publishEvents#2',
    'persistRecord#1',
    'indexDocument#1',
    'moveDocument#1',
    'saveRecord#2',
    'discardStagedText#1',
    'publishEvents#3',
  ]);
  expect(cases).toContain('fail indexDocument#1, fail undo of persistRecord#1, then skip');
});

it('does so for a document that a person has to look at', patience, async () => {
  const content = await sampleText('unclear-invoice.pdf');
  const { cases } = await sweep(processDocument, uploaded('unclear.txt', content), {
    open: () => openDocumentWorld(content),
  });
  expect(cases).toContain('reviews rejected, nothing fails');
  expect(cases).toContain('reviews unanswered, nothing fails');
});
