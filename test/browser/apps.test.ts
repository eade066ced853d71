import { expect, it } from 'vitest';
import { createOrderApi } from '../e2e/order-api.ts';
import { useProgram } from '../e2e/program.ts';
import { sample } from '../e2e/sample.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { keepScreenshot, useBrowser } from './console-browser.ts';

const program = await useProgram();
const api = createOrderApi(program);
const browser = await useBrowser(program.url);

it('takes many documents at once, and shows how they get on until a person is asked', async () => {
  const page = await browser.open('/console/documents');
  await page.getByText('No document has come in yet').waitFor();
  await keepScreenshot(page, 'documents-none');
  const files = await Promise.all(
    ['harbor-pine-invoice.pdf', 'nordlicht-rechnung.pdf', 'unclear-invoice.pdf'].map(async (name) => ({
      name,
      mimeType: 'application/pdf',
      buffer: Buffer.from(await sample(name)),
    })),
  );
  await page.getByLabel('Files to process').setInputFiles(files);
  await page.getByRole('heading', { name: 'Batch' }).waitFor();
  await page.getByText('What is left waits for a person.').waitFor();
  await page.getByRole('heading', { name: '66 % of 3 documents' }).waitFor();
  await keepScreenshot(page, 'batch-waiting');

  await page.getByRole('link', { name: /^Awaiting review/ }).click();
  await page.getByRole('row', { name: /unclear-invoice.pdf/ }).waitFor();
  await page.getByRole('row', { name: /nordlicht/ }).waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('?status=awaiting_review');
});

it('says which of the files it does not take, and sends none', async () => {
  const page = await browser.open('/console/documents');
  const zip = { name: 'things.zip', mimeType: 'application/zip', buffer: Buffer.from('PK\u0003\u0004 and no more') };
  await page.getByLabel('Files to process').setInputFiles(zip);
  await page
    .getByRole('alert')
    .getByText(/things\.zip .*is a zip/)
    .waitFor();
  await keepScreenshot(page, 'upload-refused');
  expect(new URL(page.url()).pathname).toBe('/api/console/documents');
});

it('shows an order as the one who sells sees it, and no card', async () => {
  const { orderId, instanceId } = (await api.place(sampleOrder())).body;
  const shippingAddress = {
    name: 'Bo Lind',
    street: 'Storgatan 1',
    postalCode: '11122',
    city: 'Stockholm',
    country: 'SE',
  };
  await api.place(sampleOrder({ customer: { id: 'c-2', name: 'Bo Lind', email: 'bo@example.org' }, shippingAddress }));
  await api.untilOrder(orderId, 'fulfilled');
  const page = await browser.open('/console/orders');
  await page.getByRole('row', { name: /Bo Lind/ }).waitFor();
  await page.getByRole('searchbox').fill('Ada Hamburg');
  await page.getByRole('row', { name: /Bo Lind/ }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Ada Berg' }).click();
  await page.getByRole('heading', { name: 'Order of Ada Berg' }).waitFor();
  for (const part of ['25.00 EUR charged', 'Email sent', 'low risk']) await page.getByText(part).waitFor();

  await page.getByRole('link', { name: instanceId }).click();
  await page.getByRole('heading', { name: instanceId }).waitFor();
  await page.getByText('[redacted]').first().waitFor();
  expect(await page.content()).not.toContain('tok_visa');
  await page.getByRole('link', { name: 'open the order' }).click();
  await page.getByRole('heading', { name: 'Order of Ada Berg' }).waitFor();
});

it('keeps what it has shown, and says so, when the app does not answer any more', async () => {
  const page = await browser.open('/console/orders');
  await page.getByRole('row', { name: /Ada Berg/ }).waitFor();
  await program.kill();
  await page.getByRole('alert').getByText('The app does not answer').waitFor();
  expect(await page.getByRole('row', { name: /Ada Berg/ }).count()).toBe(1);
  await keepScreenshot(page, 'orders-no-connection');
});
