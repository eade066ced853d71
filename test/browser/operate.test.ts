import { describe, expect, it } from 'vitest';
import { createApi } from '../e2e/api.ts';
import { useProgram } from '../e2e/program.ts';
import { sample } from '../e2e/sample.ts';
import { keepScreenshot, useBrowser } from './console-browser.ts';

const program = await useProgram();
const api = createApi(program.url);
const browser = await useBrowser(program.url);

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
    await keepScreenshot(page, 'document');
  });

  it('puts a field right that the extractor was not sure of', async () => {
    const { instanceId, documentId } = await api.upload('unclear.pdf', await sample('unclear-invoice.pdf'));
    await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
    const page = await browser.open('/console');
    await page.getByRole('link', { name: /^Reviews/ }).click();
    await page.getByRole('link', { name: 'unclear.pdf' }).click();

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
