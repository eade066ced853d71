import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApi } from '../e2e/api.ts';
import { makeDataFolder, useProgram } from '../e2e/program.ts';
import { sample } from '../e2e/sample.ts';
import { runScript } from '../local/run-script.ts';
import { expectAccessible, keepScreenshot, useBrowser } from './console-browser.ts';

const program = await useProgram();
const api = createApi(program.url);
const browser = await useBrowser(program.url);

/** Sagas that fail in the outage that one of the tests makes, for those after it. */
const unlucky: string[] = [];

/** As an auditor does it. */
function verify(file: string): { code: number; output: string } {
  const { status, stdout, stderr } = runScript('src/local/audit.ts', 'verify', file);
  return { code: status ?? -1, output: `${stdout}${stderr}` };
}

describe('an operator in the console', () => {
  it('sees that nothing has run, then an invoice as it comes, and what was read from it', async () => {
    const page = await browser.open('/console');
    await page.getByText('No saga has run yet').waitFor();
    await keepScreenshot(page, 'sagas-none');

    const { instanceId } = await api.upload('harbor.pdf', await sample('harbor-pine-invoice.pdf'));
    await page.getByRole('row', { name: instanceId }).getByRole('link').click();
    await page.getByRole('heading', { name: instanceId }).waitFor();
    await page.locator('.saga-head .badge', { hasText: 'Completed' }).waitFor();
    await page.getByRole('list', { name: 'Story' }).getByText('Completed').first().waitFor();
    await keepScreenshot(page, 'saga-completed');

    await page.getByRole('link', { name: 'open the record' }).click();
    await page.getByRole('heading', { name: 'harbor.pdf' }).waitFor();
    expect(await page.locator('.extracted > div', { hasText: 'Total amount' }).textContent()).toContain('584.82');
    await page.getByTitle('Pages of harbor.pdf').waitFor();
    await keepScreenshot(page, 'document');
  });

  it('puts a field right that the extractor was not sure of', async () => {
    const { instanceId, documentId } = await api.upload('unclear.pdf', await sample('unclear-invoice.pdf'));
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    const page = await browser.open('/console');
    await page.getByRole('link', { name: /^Reviews/ }).click();
    await page.getByRole('link', { name: 'unclear.pdf' }).click();

    await page.getByTitle('Pages of unclear.pdf').waitFor();
    await page.getByRole('group', { name: 'Show the document as' }).getByRole('button', { name: 'Text' }).click();
    await page.getByRole('region', { name: 'Text of the document' }).getByText('Merrow Trading').waitFor();
    const total = page.getByLabel('Total amount');
    expect(await total.inputValue()).toBe('161');
    expect(await page.locator('.review-field', { hasText: 'Total amount' }).textContent()).toContain('22 % sure');
    await total.fill('one hundred');
    await page.getByLabel('Who').fill('Kim');
    await page.getByRole('button', { name: 'Approve with 1 change' }).click();
    await page.getByText("'one hundred' is not a number").waitFor();
    await keepScreenshot(page, 'review-refused');

    await total.fill('162.50');
    await page.getByLabel('Currency').fill('EUR');
    await page.getByRole('button', { name: 'Approve with 2 changes' }).click();
    await page.locator('.saga-head .badge', { hasText: 'Completed' }).waitFor();
    await page.getByRole('list', { name: 'Story' }).getByText('by Kim').waitFor();
    const { extraction, review } = await api.record(documentId);
    expect(review).toMatchObject({
      decision: 'approve',
      by: 'Kim',
      corrections: { totalAmount: 162.5, currency: 'EUR' },
    });
    expect(extraction?.fields.totalAmount).toMatchObject({ value: 162.5, found: 161 });
  });

  it('watches extraction fail, sees before the click what a rewind does, and rewinds to success', async () => {
    await api.post('/api/dev/faults', { extraction: 'off' });
    const { instanceId } = await api.upload('unlucky.pdf', await sample('nordlicht-rechnung.pdf'));
    for (const name of ['second.pdf', 'third.pdf']) {
      unlucky.push((await api.upload(name, await sample('nordlicht-rechnung.pdf'))).instanceId);
    }
    const page = await browser.open(`/console/sagas/${instanceId}`);
    await page.getByText('attempt 3').first().waitFor();
    await keepScreenshot(page, 'saga-retrying');
    await page.getByRole('button', { name: 'Rewind…' }).waitFor({ timeout: 50_000 });
    await page.locator('.bar-undo').first().waitFor();
    await keepScreenshot(page, 'saga-failed');

    await api.post('/api/dev/faults', { extraction: 'on' });
    await page.getByRole('button', { name: 'Rewind…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rewind' });
    expect(await dialog.textContent()).toContain('Possible: it stands at gate 1');
    expect(await dialog.getByText('Run again from the top').first().isVisible()).toBe(true);
    await dialog.getByText(/downloadDocument → classifyDocument → extractFields$/).waitFor();
    await keepScreenshot(page, 'rewind');
    await dialog.getByLabel('Who').fill('Kim');
    await dialog.getByLabel('Why').fill('extraction is back');
    await dialog.getByRole('button', { name: 'Run again from the top' }).click();

    await page.locator('.saga-head .badge', { hasText: 'Completed' }).waitFor();
    const story = page.getByRole('list', { name: 'Story' });
    await story.getByText('Rewound to retry').waitFor();
    await story.getByText('by Kim, “extraction is back”').waitFor();
    await keepScreenshot(page, 'saga-rewound');

    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'jsonl' }).click();
    const file = join(await makeDataFolder(onTestFinished), 'trail.jsonl');
    await (await download).saveAs(file);
    expect(verify(file)).toMatchObject({ code: 0 });
    await writeFile(file, (await readFile(file, 'utf8')).replace('"Kim"', '"Eve"'));
    expect(verify(file)).toMatchObject({ code: 1, output: expect.stringContaining('changed') as string });
  });

  it('sees where a run left the path of one that succeeded', async () => {
    const page = await browser.open(`/console/sagas/${unlucky[0]}`);
    await page.getByText('attempt 6 failed').click();
    await page.getByText('(extraction_down): extraction is down').waitFor();
    await page.getByRole('heading', { name: 'Input' }).waitFor();
    await expectAccessible(page);
    await keepScreenshot(page, 'attempt-failed');
    await page.getByText('Compare with the last run that succeeded').click();
    await page.getByText('This run left its path at extractFields').waitFor();
    const left = page.getByRole('row', { name: /^extractFields/ });
    expect(await left.textContent()).toMatch(/failed: extraction_down.*6 attempts.*succeeded/);
    await keepScreenshot(page, 'compared');
  });

  it('rewinds many at once, and sees before which of them cannot be', async () => {
    const page = await browser.open('/console');
    await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
    await page.getByRole('button', { name: 'Rewind…' }).click();
    const dialog = page.getByRole('dialog', { name: /^Rewind: \d+ sagas/ });
    await dialog.getByText(/^Possible for 2 of \d+\.$/).waitFor();
    expect(
      await dialog.getByText(/^Run again from the top: .*downloadDocument → classifyDocument → extractFields$/).count(),
    ).toBe(2);
    await dialog.getByText('Not possible: only a failed instance can be rewound').first().waitFor();
    await expectAccessible(page);
    await keepScreenshot(page, 'many-before');
    await dialog.getByLabel('Who').fill('Kim');
    await dialog.getByLabel('Why').fill('extraction is back');
    await dialog.getByRole('button', { name: 'Rewind 2' }).click();
    await dialog.getByText('2 of 2 accepted.').waitFor();
    await keepScreenshot(page, 'many-after');
    await dialog.getByRole('button', { name: 'Close' }).click();
    for (const id of unlucky) await api.untilSaga(id, ({ phase }) => phase === 'completed');
  });

  it('deletes a saga and still sees what happened', async () => {
    const page = await browser.open(`/console/sagas/${unlucky[1]}`);
    await page.getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete' });
    await dialog.getByText('the engine forgets the saga for good').waitFor();
    await dialog.getByLabel('Who').fill('Kim');
    await dialog.getByLabel('Why').fill('cleared up');
    await keepScreenshot(page, 'dialog-delete');
    await dialog.getByRole('button', { name: 'Archive and delete' }).click();
    await page.getByText('This saga was archived and deleted').waitFor();
    await page.getByRole('list', { name: 'Story' }).getByText('Rewound to retry').waitFor();
    await page.getByText('by Kim, “cleared up”').waitFor();
    await keepScreenshot(page, 'saga-archived');
    expect((await api.get(`/api/sagas/${unlucky[1]}`)).status).toBe(404);
  });

  it('finds an instance by filters that stay in the address', async () => {
    const page = await browser.open('/console');
    await page.getByRole('link', { name: /^Completed/ }).click();
    await page.getByRole('searchbox').fill('no such instance');
    await page.getByText('Nothing fits these filters').waitFor();
    await keepScreenshot(page, 'sagas-filtered-out');
    await page.reload();
    await page.getByText('Nothing fits these filters').waitFor();
    expect(new URL(page.url()).search).toBe('?phase=completed&q=no+such+instance');
    await page.getByRole('searchbox').fill('document-');
    await page
      .getByRole('row', { name: /Completed/ })
      .first()
      .waitFor();
    await page.getByLabel('Started').selectOption('Last hour');
    await page
      .getByRole('row', { name: /Completed/ })
      .first()
      .waitFor();
    expect(page.url()).toContain('period=1h');
  });
});
