// A visitor who cannot use something tells so with the keyboard alone; the office has it on the desk, answers, and she gets a mail. What is not
// mended stands in the statement until it is.
import { press, reach } from './support/keys.mjs';
import { accessible, arrived, choose, expect, installation, logInByMail, narrow, test } from './support/stories.mjs';

const site = installation({ mail: 'https://samklang.example' });
const visitor = 'lisa@hemma.example';

test('from a page that does not work to an answer', { tag: '@keyboard' }, async ({ page, browser }) => {
  await page.goto(site.base + '/alvkusten/kalender');
  await press(page, page.getByRole('contentinfo').getByRole('link', { name: 'Säg till om något inte fungerar' }), 300);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Berätta vad som inte fungerar');
  await expect(page.getByText('Meddelandet går till Samordningsförbundet Älvkusten.')).toBeVisible();
  await expect(page.getByLabel('På vilken sida?')).toHaveValue('/alvkusten/kalender');

  // Nothing is lost when something is missing.
  await reach(page, page.getByLabel('Använder du ett hjälpmedel?'));
  await page.keyboard.type('Röststyrning');
  await press(page, page.getByRole('button', { name: 'Skicka' }));
  await expect(page.getByRole('alert')).toContainText('Skriv vad som inte fungerar.');
  await expect(page.getByLabel('Använder du ett hjälpmedel?')).toHaveValue('Röststyrning');
  await accessible(page);
  await press(page, page.getByRole('alert').getByRole('link'));
  await expect(page.getByLabel('Vad fungerar inte?')).toBeFocused();
  await page.keyboard.type('Jag kan inte säga vilken månad jag vill öppna.');
  await reach(page, page.getByLabel('Din e-postadress'));
  await page.keyboard.type(visitor);
  await press(page, page.getByRole('button', { name: 'Skicka' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Tack för att du sa till');
  await accessible(page);
  await narrow(page);

  const tyra = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
  await logInByMail(tyra, site, 'tyra.ek@alvkusten.example');
  await tyra.goto(site.base + '/alvkusten/skrivbord');
  const task = tyra.getByRole('link', { name: /^Svara.*\/alvkusten\/kalender/ });
  await task.click();
  await expect(tyra.getByRole('main')).toContainText('Jag kan inte säga vilken månad jag vill öppna.');
  await expect(tyra.getByRole('main')).toContainText('Röststyrning');
  await accessible(tyra);
  await narrow(tyra);
  await tyra.getByLabel('Ert svar').fill('Tack. Vi har sagt till dem som gör programmet.');
  await choose(tyra, 'Det brister och är inte rättat än');
  await tyra.getByRole('button', { name: 'Spara svaret' }).click();
  await expect(tyra.getByRole('alert')).toContainText('så att andra besökare får veta det');
  await accessible(tyra);
  await tyra.getByLabel('På svenska').fill('Årshjulets månader går inte att öppna med röststyrning.');
  await tyra.getByRole('button', { name: 'Spara svaret' }).click();
  await expect(tyra.locator('.flash')).toBeVisible();
  await tyra.goto(site.base + '/alvkusten/skrivbord');
  await expect(task).toHaveCount(0);

  const mail = await arrived(site, visitor);
  expect(mail.text).toContain('Tack. Vi har sagt till dem som gör programmet.');
  expect(mail.text).toContain('https://www.digg.se/tdosanmalan');
  expect(mail.text, 'who answered is not in the mail').not.toContain('Tyra');

  await page.goto(site.base + '/tillganglighet');
  await expect(page.getByRole('heading', { level: 3, name: 'Årshjulets månader går inte att öppna med röststyrning.' })).toBeVisible();
  await expect(page.getByRole('main')).not.toContainText('Jag kan inte säga');
  await accessible(page);
  await narrow(page);

  // Mended, it goes.
  await tyra.goto(site.base + '/alvkusten/hinder');
  await tyra.getByRole('link', { name: /^\/alvkusten\/kalender/ }).first().click();
  await choose(tyra, 'Det är rättat');
  await tyra.getByRole('button', { name: 'Spara svaret' }).click();
  await expect(tyra.locator('.flash')).toBeVisible();
  await page.reload();
  await expect(page.getByText('Årshjulets månader går inte att öppna med röststyrning.')).toHaveCount(0);
});
