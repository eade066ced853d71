import { describe, expect, it } from 'vitest';
import { createOrderApi } from '../e2e/order-api.ts';
import { useProgram } from '../e2e/program.ts';
import { sample } from '../e2e/sample.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { useBrowser } from './console-browser.ts';

const program = await useProgram();
const api = createOrderApi(program);
const browser = await useBrowser(program.url);

async function uploadUnclear(name: string): Promise<string> {
  const { instanceId } = await api.upload(name, await sample('unclear-invoice.pdf'));
  await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
  return instanceId;
}

describe('while things change beneath the one who looks', () => {
  it('tells how an operation went, also when what it was asked for has left the list', async () => {
    await uploadUnclear('leaving.pdf');
    const page = await browser.open('/console?phase=in_review&q=leaving');
    await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
    await page.getByRole('button', { name: 'Suspend…' }).click();
    const dialog = page.getByRole('dialog', { name: /^Suspend: 1 saga/ });
    await dialog.getByLabel('Who').fill('Kim');
    await dialog.getByRole('button', { name: 'Suspend 1' }).click();
    await page.getByText('Nothing fits these filters').waitFor({ state: 'attached' });
    await dialog.getByText('1 of 1 accepted.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await page.locator('h1:focus').textContent()).toBe('Sagas');
  });

  it('keeps a place to tab on from when what had the focus is gone', async () => {
    await uploadUnclear('chosen.pdf');
    const page = await browser.open('/console?q=chosen');
    await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
    await page.getByRole('button', { name: 'Choose none' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('h1:focus').textContent()).toBe('Sagas');
  });

  it('loads what was opened in the background once it is looked at', async () => {
    const { instanceId } = await api.upload('background.pdf', await sample('greenfield-receipt.pdf'));
    await api.untilSaga(instanceId, ({ phase }) => phase === 'completed');
    const page = await browser.open('/console');
    await page.addInitScript(
      `Object.defineProperty(document, 'visibilityState', { get: () => globalThis.isShown ? 'visible' : 'hidden' })`,
    );
    await page.goto(`/console/sagas/${instanceId}`);
    await page.waitForLoadState('networkidle');
    await page.evaluate(`globalThis.isShown = true; document.dispatchEvent(new Event('visibilitychange'))`);
    expect(await page.locator('.story li').last().textContent()).toContain('Completed');
  });

  it('counts what comes into a batch that was done', async () => {
    const batch = { 'x-correlation-id': 'late-batch' };
    await api.upload('first.pdf', await sample('greenfield-receipt.pdf'), batch);
    const page = await browser.open('/console/batches/late-batch');
    await page.waitForResponse((answer) => answer.url().includes('/events/stream') && answer.status() === 204);
    await api.upload('late.pdf', await sample('greenfield-receipt.pdf'), batch);
    const list = page.getByRole('row', { name: /late.pdf/ });
    await list.waitFor();
    await page.getByRole('heading', { name: '100 % of 2 documents' }).waitFor();
    expect(await list.count()).toBe(1);
  });
});

it('leaves a space alone on which the one who searches rests', async () => {
  const page = await browser.open('/console');
  const search = page.getByRole('searchbox');
  const answer = page.waitForResponse((one) => one.url().includes('q=unclear'));
  await search.pressSequentially('unclear ');
  await answer;
  expect(await search.inputValue()).toBe('unclear ');
});

it('asks about an order as people speak of it, and shows no code', async () => {
  const customer = { id: 'c-7', name: 'Mara Holt', email: 'fraud@example.org' };
  const { instanceId } = (await api.place(sampleOrder({ customer }))).body;
  await api.untilSaga(instanceId, ({ phase }) => phase === 'in_review');
  const page = await browser.open('/console/reviews');
  await page.getByRole('link', { name: 'Mara Holt' }).click();
  const question = page.getByRole('region', { name: 'Review: Fraud' });
  await question.getByText('e-mail known from fraud').waitFor();
  await question.getByText('Customer email').waitFor();
  expect(await question.locator('pre').count()).toBe(0);
});

it('says of an order whose undo failed what its saga stands at', async () => {
  const shippingAddress = { ...sampleOrder().shippingAddress, postalCode: '00422' };
  const order = sampleOrder({ payment: { cardToken: 'tok_refund_refused' }, shippingAddress });
  const { orderId, instanceId } = (await api.place(order)).body;
  await api.untilSaga(instanceId, ({ phase }) => phase === 'compensation_failed');
  const page = await browser.open(`/console/orders/${orderId}`);
  await page.locator('.facts .badge', { hasText: 'Undo failed' }).waitFor();
  expect(await page.getByText('Not charged yet').count()).toBe(0);
});

it('knows no saga under an address that somebody has mangled', async () => {
  const page = await browser.open('/console/sagas/%zz');
  expect(await page.getByRole('alert').textContent()).toContain('Refused (4');
});
