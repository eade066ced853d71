import { beforeAll, describe, expect, it } from 'vitest';
import { createOrderApi } from '../e2e/order-api.ts';
import { useProgram } from '../e2e/program.ts';
import { sample } from '../e2e/sample.ts';
import { sampleOrder } from '../orders/sample-order.ts';
import { expectAccessible, keepScreenshot, type Scheme, useBrowser } from './console-browser.ts';

const program = await useProgram();
const api = createOrderApi(program);
const browser = await useBrowser(program.url);

/** A document that is done, and one that asks. */
const ids = { done: '', asking: '', document: '', order: '' };
const batch = 'march-invoices';

beforeAll(async () => {
  const together = { 'x-correlation-id': batch };
  const done = await api.upload('receipt.pdf', await sample('greenfield-receipt.pdf'), together);
  const asking = await api.upload('unclear.pdf', await sample('unclear-invoice.pdf'), together);
  const { orderId } = (await api.place(sampleOrder())).body;
  await api.untilOrder(orderId, 'fulfilled');
  await api.untilSaga(done.instanceId, ({ runtimeStatus }) => runtimeStatus === 'Completed');
  await api.untilSaga(asking.instanceId, ({ phase }) => phase === 'in_review');
  Object.assign(ids, {
    done: done.instanceId,
    asking: asking.instanceId,
    document: done.documentId,
    order: orderId,
  });
});

const screens: readonly (readonly [name: string, path: () => string, sign: string])[] = [
  ['sagas', () => '/console', '.list .badge'],
  ['saga', () => `/console/sagas/${ids.done}`, '.story li'],
  ['review', () => `/console/sagas/${ids.asking}`, '.review-field'],
  ['reviews', () => '/console/reviews', '.list .main-cell'],
  ['documents', () => '/console/documents', '.list .badge'],
  ['document', () => `/console/documents/${ids.document}`, '.extracted'],
  ['batch', () => `/console/batches/${batch}`, '.list .badge'],
  ['orders', () => '/console/orders', '.list .badge'],
  ['order', () => `/console/orders/${ids.order}`, '.cards li'],
  ['no such saga', () => '/console/sagas/none', '[role=alert]'],
  ['no such page', () => '/console/nothing', '.notice'],
];

describe.each<Scheme>(['light', 'dark'])('in %s colours', (colorScheme) => {
  it.each(screens)('screen "%s" has no violation that axe finds, wide and narrow', async (name, path, sign) => {
    const page = await browser.open(path(), { colorScheme, viewport: { width: 1360, height: 900 } });
    await page.locator(sign).first().waitFor();
    await expectAccessible(page);
    await keepScreenshot(page, `${name.replaceAll(' ', '-')}-${colorScheme}`);
    await page.setViewportSize({ width: 390, height: 844 });
    if (colorScheme === 'light') await expectAccessible(page);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await keepScreenshot(page, `${name.replaceAll(' ', '-')}-${colorScheme}-narrow`);
  });

  it.each(['Suspend', 'Cancel and undo', 'Kill'])('dialog "%s" has none either', async (name) => {
    const page = await browser.open(`/console/sagas/${ids.asking}`, { colorScheme });
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByRole('dialog', { name }).waitFor();
    await expectAccessible(page);
    await keepScreenshot(page, `dialog-${name.toLowerCase().replaceAll(' ', '-')}-${colorScheme}`);
  });
});

describe('without a mouse', () => {
  it('skips to the content, searches, opens an instance, suspends it and resumes it', async () => {
    const page = await browser.open('/console');
    const { keyboard } = page;
    await page.locator('.list .badge').first().waitFor();
    await keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    await keyboard.press('Enter');

    await keyboard.press('/');
    await keyboard.type(ids.asking);
    await page.getByText('1 of 1').waitFor();
    for (let presses = 0; presses < 12 && !(await isFocused('.main-cell a')); presses++) await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: ids.asking }).waitFor();

    await tabTo('Suspend');
    await keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Suspend' }).waitFor();
    await keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await isFocused('.actions button')).toBe(true);
    await keyboard.press('Enter');
    await page.locator('dialog input:focus').waitFor();
    await keyboard.type('Kim');
    await keyboard.press('Enter');
    await page.locator('.saga-head .badge', { hasText: 'Suspended' }).waitFor();

    await tabTo('Resume');
    await keyboard.press('Enter');
    await page.locator('dialog input:focus').waitFor();
    await keyboard.press('Enter');
    await page.locator('.saga-head .badge', { hasText: 'In review' }).waitFor();

    async function isFocused(selector: string): Promise<boolean> {
      return (await page.locator(`${selector}:focus`).count()) > 0;
    }
    async function tabTo(button: string): Promise<void> {
      await page.getByRole('button', { name: button, exact: true }).waitFor();
      for (let presses = 0; presses < 30; presses++) {
        if ((await page.evaluate('document.activeElement.textContent')) === button) return;
        await keyboard.press('Tab');
      }
      throw new Error(`button '${button}' cannot be reached with the Tab key`);
    }
  });
});
