// Step 5: a colleague reports and files evidence, somebody else reviews it, and the state of the promise follows in public.
import { writeFile } from 'node:fs/promises';
import { accessible, choose, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

const promise = '/alvkusten/loften/gemensam-deklaration-for-en-levande-demokrati/7';

for (const script of [true, false]) {
  test.describe(script ? 'with JavaScript' : 'without JavaScript', { tag: script ? [] : '@without_script' }, () => {
    test.use({ javaScriptEnabled: script });
    const site = installation();

    test('what was late becomes shown, by two people', async ({ page, browser }, info) => {
      const checked = async (p) => {
        if (!script) return;
        await accessible(p);
        await narrow(p);
      };
      await page.goto(site.base + promise);
      await expect(page.getByText(/^Försenat sedan/).first()).toBeVisible();

      await logIn(page, site, people.karin);
      await page.getByRole('link', { name: /^Berätta.*två leverantörer/ }).click();
      await page.getByRole('button', { name: 'Skicka till granskning' }).click(); // nothing is written yet
      await expect(page.locator('.ds-error-summary')).toBeVisible();
      await checked(page);
      await page.getByLabel('Vad blev gjort?').fill('Vi talade med två leverantörer om hur de arbetar med kraven. Båda hade utbildat sin personal.');
      await page.getByLabel('Hur många nådde ni?').fill('4');
      await choose(page, 'Räknat på plats');
      await page.getByRole('button', { name: 'Skicka till granskning' }).click();
      await expect(page.getByText('väntar', { exact: false }).first()).toBeVisible();
      await checked(page);

      await page.goto(site.base + '/alvkusten/skrivbord');
      await page.getByRole('link', { name: /^Lägg till underlag.*tre leverantörer/ }).click();
      await page.getByRole('link', { name: 'Fil', exact: true }).click();
      await checked(page);
      const file = info.outputPath('kontroll.txt');
      await writeFile(file, 'Kontroll hos tre leverantörer\n\nAlla tre följer kraven.\n');
      await page.getByLabel('Rubrik').fill('Kontroll hos tre leverantörer');
      await page.locator('input[type=file]').setInputFiles(file);
      await choose(page, 'Det här visar att hela steget är gjort');
      await page.getByRole('button', { name: 'Skicka till granskning' }).click();
      await expect(page.getByRole('main')).toContainText('väntar på granskning');

      // What one has filed oneself is for somebody else to accept.
      await page.goto(site.base + '/alvkusten/granska');
      await expect(page.getByRole('button', { name: 'Godta' })).toHaveCount(0);

      const tyra = await (await browser.newContext({ javaScriptEnabled: script, locale: 'sv-SE' })).newPage();
      await logIn(tyra, site, people.tyra);
      for (const title of [/Granska.*två leverantörer/, /Granska.*(tre leverantörer|Kontroll hos tre)/]) {
        await tyra.goto(site.base + '/alvkusten/granska');
        await tyra.getByRole('link', { name: title }).first().click();
        await checked(tyra);
        await tyra.getByRole('button', { name: 'Godta' }).click();
        await expect(tyra.locator('.flash')).toBeVisible();
      }
      await tyra.context().close();

      await page.goto(site.base + promise);
      await expect(page.getByText(/^Försenat sedan/)).toHaveCount(0);
      await expect(page.getByText('På god väg').first()).toBeVisible();
      await expect(page.getByText('Kontroll hos tre leverantörer').first()).toBeVisible();
      await checked(page);
    });

    test('a promise nobody works on has lapsed in public view', async ({ page }) => {
      await page.goto(site.base + '/alvkusten');
      const lapsed = page.getByRole('listitem').filter({ hasText: 'ungdomsråd' });
      await expect(lapsed).toContainText('Förföll 28 november 2022');
    });

    test('a partner answers for her own activities and no others', async ({ page }) => {
      await logIn(page, site, people.eva);
      await page.goto(site.base + '/alvkusten/plan');
      await page.getByRole('link', { name: 'Deltagarforum för nya svenskar' }).click();
      await expect(page.getByRole('link', { name: 'Ändra', exact: true }).first()).toBeVisible();
      await page.goto(site.base + '/alvkusten/plan');
      await page.getByRole('link', { name: 'En grund i taget: ålder' }).click();
      const here = page.url();
      await expect(page.getByRole('link', { name: 'Flytta' })).toHaveCount(0);
      const refused = await page.goto(here + '/flytta');
      expect(refused.status()).toBe(403);
      await expect(page.getByRole('main')).toContainText('förbundschef');
      if (script) await accessible(page);
    });
  });
}
