import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, expect, inject, onTestFinished } from 'vitest';

export type Scheme = 'light' | 'dark';

export interface ConsoleBrowser {
  /** A page of its own for one test; what goes wrong in it fails the test at its end. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
}

const patienceMs = 15_000;

/** One browser for all tests of a file. */
export async function useBrowser(baseUrl: string): Promise<ConsoleBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: inject('chromiumPath'),
    // Its sandbox cannot be set up by root, as which tests run in containers.
    chromiumSandbox: process.getuid?.() !== 0,
  });
  afterAll(() => browser.close());
  return {
    async open(path, options = {}) {
      const context = await browser.newContext({ baseURL: baseUrl, locale: 'en-GB', timezoneId: 'UTC', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(patienceMs);
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
          errors.push(message.text());
      });
      onTestFinished(async () => {
        await context.close();
        expect(errors).toEqual([]);
      });
      await page.goto(path);
      return page;
    },
  };
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Holds what the page shows now to WCAG 2.2 AA, as far as axe can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(axeFile, 'utf8'));
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const found = await page.evaluate<AxeResults>(`axe.run({ runOnly: ${JSON.stringify(tags)} })`);
  const violations = found.violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.map((node) => node.failureSummary + node.html),
  }));
  expect(violations).toEqual([]);
}

const screenshotFolder = 'test-output/console';

/** For people to look at; nothing is compared. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(screenshotFolder, { recursive: true });
  await page.screenshot({ path: join(screenshotFolder, `${name}.png`), fullPage: true });
}
