// Step 4: an office manager plans: a new activity, another date, a day that is not set, a day shared with two others; the year as a
// picture and as a list; what is due this week.
import { accessible, choose, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

const next = new Date().getFullYear() + 1;

for (const script of [true, false]) {
  test.describe(script ? 'with JavaScript' : 'without JavaScript', { tag: script ? [] : '@without_script' }, () => {
    test.use({ javaScriptEnabled: script });
    const site = installation();

    test('plans the year', async ({ page, browser }) => {
      const checked = async () => {
        if (!script) return;
        await accessible(page);
        await narrow(page);
      };
      await logIn(page, site, people.karin);
      await expect(page.getByRole('region', { name: 'Att göra' })).toBeVisible();

      await page.getByRole('link', { name: 'Ny aktivitet' }).click();
      await page.getByRole('button', { name: 'Lägg in i planen' }).click();
      await expect(page.locator('.ds-error-summary')).toBeVisible();
      await checked();
      await page.getByLabel('Vad heter den?').fill('Demokrativecka');
      await page.getByLabel('Slag').selectOption({ label: 'Temadag' });
      await page.getByLabel('När blir det?').fill(`24 mars ${next}`);
      await choose(page, '6. Deltagare och medborgare påverkar');
      await page.getByRole('button', { name: 'Lägg in i planen' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Demokrativecka');
      await expect(page.getByRole('main')).toContainText('24 mars');
      const activity = page.url().replace(/[?#].*/, '');
      await checked();

      await page.getByRole('link', { name: 'Flytta' }).click();
      await page.getByLabel('När blir det?').fill(`12–14 maj ${next}`);
      await page.getByRole('button', { name: 'Spara ny tid' }).click();
      await expect(page.getByRole('main')).toContainText('12–14 maj');

      await page.goto(activity + '/flytta');
      await choose(page, 'Dagen är inte satt än');
      await page.getByRole('button', { name: 'Spara ny tid' }).click();
      await expect(page.getByRole('main')).toContainText(/dag(en)? (är )?inte satt/i);
      await checked();

      await page.goto(activity + '/dela');
      await checked();
      await choose(page, 'Skogsbygden');
      await choose(page, 'Västra Sjölandet');
      await page.getByRole('main').getByRole('button').first().click();
      await expect(page.getByRole('main')).toContainText('Skogsbygden');

      const arne = await (await browser.newContext({ javaScriptEnabled: script, locale: 'sv-SE' })).newPage();
      await logIn(arne, site, people.arne);
      await arne.getByRole('link', { name: /^Svara.*Demokrativecka/ }).click();
      await expect(arne.getByRole('heading', { level: 1 })).toBeVisible();
      if (script) await accessible(arne);
      await arne.getByRole('button', { name: /^(Ja|Håll|Vi är med)/ }).click();
      await arne.goto(`${site.base}/skogsbygden/plan?ar=${next}`);
      await expect(arne.getByRole('main')).toContainText('Demokrativecka');
      await arne.context().close();

      await page.goto(`${site.base}/alvkusten/plan?ar=${next}`);
      await expect(page.getByRole('region', { name: 'Dag inte satt' })).toContainText('Demokrativecka');
      await expect(page.getByRole('group', { name: /Mest händer|Inget/ }).first()).toBeVisible();
      await page.getByText('Samma sak som tabell').click();
      await expect(page.getByRole('table').first()).toBeVisible();
      await checked();
      await page.getByRole('link', { name: 'Tidslinje' }).click();
      await expect(page.getByRole('main').getByRole('img').or(page.getByRole('main').locator('svg')).first()).toBeVisible();
      await checked();
    });

    test('calls an activity off with its reason, in public', async ({ page }) => {
      await logIn(page, site, people.karin);
      await page.goto(site.base + '/alvkusten/plan');
      await page.getByRole('link', { name: 'En grund i taget: ålder' }).click();
      await page.getByRole('link', { name: 'Ställ in' }).click();
      await page.getByRole('textbox').first().fill('Föreläsaren har fått förhinder.');
      await page.getByRole('main').getByRole('button').first().click();
      await expect(page.getByRole('main')).toContainText('Inställd');
      const link = `${site.base}/alvkusten/kalender`;
      await page.context().clearCookies();
      await page.goto(link);
      await page.getByRole('link', { name: 'En grund i taget: ålder' }).first().click();
      await expect(page.getByRole('main')).toContainText('Föreläsaren har fått förhinder.');
    });

    test('copies an activity to the next year', async ({ page }) => {
      await logIn(page, site, people.karin);
      await page.goto(site.base + '/alvkusten/plan');
      await page.getByRole('link', { name: 'Bemötande som fungerar' }).click();
      const original = page.url().replace(/[?#].*/, '');
      await page.getByRole('button', { name: `Kopiera till ${next}` }).or(page.getByRole('link', { name: `Kopiera till ${next}` })).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bemötande som fungerar');
      expect(page.url().replace(/[?#].*/, '')).not.toBe(original);
      await expect(page.getByRole('main')).toContainText(String(next));
      await expect(page.getByRole('main')).toContainText('1. Sprida kunskap');
      await expect(page.getByRole('main')).toContainText('Planerad');
      if (script) await accessible(page);
      await page.goto(`${site.base}/alvkusten/plan?ar=${next}`);
      await expect(page.getByRole('link', { name: 'Bemötande som fungerar' })).toBeVisible();
      await page.goto(`${site.base}/alvkusten/plan?ar=${next - 1}`);
      await expect(page.getByRole('link', { name: 'Bemötande som fungerar' })).toBeVisible();
    });
  });
}
