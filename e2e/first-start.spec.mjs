// The first start: an installation with nothing in it prints an address that works once. Whoever opens it becomes its administrator,
// adds the first association and invites its head, who logs in with a code that comes by mail.
import { accessible, arrived, choose, expect, installation, logInByMail, narrow, test } from './support/stories.mjs';

const site = installation({ mail: true, empty: true });

test('from nothing to an association with a head', async ({ page, browser }) => {
  const checked = async (p) => {
    await accessible(p);
    await narrow(p);
  };
  const [setUp] = site.printed().match(/http:\S*\/start\/\S+/);
  expect(site.printed(), 'no example people').not.toContain('karin');

  await page.goto(site.base);
  await checked(page);
  await page.goto(setUp);
  await checked(page);
  await page.getByRole('button', { name: 'Skapa och logga in' }).click(); // nothing is written yet
  await expect(page.locator('.ds-error-summary')).toBeVisible();
  await checked(page);
  await page.getByLabel('Namn', { exact: true }).fill('Siv Ask');
  await page.getByLabel('E-post').fill('siv.ask@drift.example');
  await page.getByLabel('Hela namnet').fill('Samordningsförbundet Fjällnära');
  await page.getByLabel('Kort namn').fill('Fjällnära');
  await page.getByRole('button', { name: 'Skapa och logga in' }).click();
  await expect(page.getByText('Meny för Siv Ask')).toBeAttached();
  await checked(page);

  // The address has done its work.
  const stranger = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
  expect((await stranger.goto(setUp)).status()).toBe(404);

  await page.goto(site.base + '/fjallnara/personer/bjud-in');
  await page.getByLabel('Namn', { exact: true }).fill('Nils Holm');
  await page.getByLabel('E-post').fill('nils.holm@fjallnara.example');
  await choose(page, 'Förbundschef');
  await page.getByRole('button', { name: 'Bjud in' }).click();
  await expect(page.getByRole('main')).toContainText('Nils Holm');
  const invitation = await arrived(site, 'nils.holm@fjallnara.example');
  expect(invitation.text).toContain('/logga-in');

  const nils = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
  await logInByMail(nils, site, 'nils.holm@fjallnara.example');
  await expect(nils.getByText('Meny för Nils Holm')).toBeAttached();
  await expect(nils).toHaveURL(/\/fjallnara\/skrivbord/);
  await checked(nils);
  for (const path of ['/fjallnara', '/fjallnara/plan', '/fjallnara/granska', '/fjallnara/uppfoljning', '/fjallnara/kalender', '/fjallnara/folj']) {
    const answer = await nils.goto(site.base + path);
    expect(answer.status(), path).toBe(200);
    await checked(nils); // an empty page teaches what to do
  }
});
