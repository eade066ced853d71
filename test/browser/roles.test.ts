import { expect, it } from 'vitest';
import { createApi } from '../e2e/api.ts';
import { useProgram } from '../e2e/program.ts';
import { sample } from '../e2e/sample.ts';
import { expectAccessible, keepScreenshot, useBrowser } from './console-browser.ts';

const program = await useProgram({ AUTH: 'entra' });
const browser = await useBrowser(program.url);

/** As App Service authentication tells the app who signed in. */
function principalOf(name: string, role: string): Record<string, string> {
  const claims = [
    { typ: 'preferred_username', val: name },
    { typ: 'roles', val: role },
  ];
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify({ claims })).toString('base64') };
}

const operator = createApi(program.url, principalOf('otto', 'operator'));
const { instanceId } = await operator.upload('unclear.pdf', await sample('unclear-invoice.pdf'));
await operator.untilSaga(instanceId, ({ phase }) => phase === 'in_review');

it('lets a viewer look, and says why nothing else is possible', async () => {
  const page = await browser.open(`/console/sagas/${instanceId}`, { extraHTTPHeaders: principalOf('vera', 'viewer') });
  await page.getByText('vera').waitFor();
  await page.getByText('This needs role operator. You are viewer.').first().waitFor();
  const cancel = page.getByRole('button', { name: 'Cancel and undo' });
  expect(await cancel.getAttribute('aria-disabled')).toBe('true');
  await cancel.click({ force: true });
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Approve as it is' }).isDisabled()).toBe(true);
  await page.getByText('This needs role reviewer. You are viewer.').waitFor();
  await expectAccessible(page);
  await keepScreenshot(page, 'viewer');

  const answer = await page.request.post(`/api/sagas/${instanceId}/cancel`, { data: { reason: 'curious' } });
  expect(answer.status()).toBe(403);
  await page.getByRole('list', { name: 'Story' }).getByText('Refused: cancelSaga').waitFor();
});

it('lets a reviewer decide, in the name of the sign-in', async () => {
  const page = await browser.open(`/console/sagas/${instanceId}`, { extraHTTPHeaders: principalOf('rio', 'reviewer') });
  const who = page.getByLabel('Who');
  await who.waitFor();
  expect([await who.inputValue(), await who.getAttribute('readonly')]).toEqual(['rio', '']);
  await page.getByRole('button', { name: 'Reject' }).click();
  await page.getByRole('list', { name: 'Story' }).getByText('by rio').waitFor();
});
