// Logging in through an organisation: by rule, a role that is lost, an account that is linked, refusals, and logging out on either side.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { organisation } from './support/organisation.mjs';
import { accessible, expect, installation, logInByMail, narrow, test } from './support/stories.mjs';

process.env.SAMKLANG_E2E_SECRET = 'en hemlighet i provet';

let town;
let broker;

const lisa = { name: 'Lisa Å', email: 'lisa.a@alvsele.example', email_verified: true, groups: ['samordning', 'alla'] };

const site = installation({
  mail: true,
  settings: async () => {
    town = await organisation({ key: 'alvsele', name: 'Älvsele kommun', people: { lisa, unto: { name: 'Unto Norr', email: 'unto.norr@alvsele.example', email_verified: true, groups: ['alla'] } } });
    broker = await organisation({ key: 'eleg', name: 'e-legitimation', people: { 'se-1': { name: 'TYRA EK' } }, acr: 'loa3' });
    const file = join(process.env.SAMKLANG_E2E, `inloggning-${process.pid}.conf`);
    const rule = '[rule]\nwhen = groups has samordning\nassociation = alvkusten\nrole = office\norganisation = Älvsele kommun';
    await writeFile(file, town.settings(`trusted-domains = alvsele.example\nlog-out = yes\n${rule}`) + broker.settings('acr = loa3\nacr-values = loa3'));
    return ['--oidc', file];
  },
});

test.beforeAll(() => {
  town.serve(site.base);
  broker.serve(site.base);
});
test.afterAll(() => Promise.all([town.stop(), broker.stop()]));

const main = (page) => page.getByRole('main');

async function through(page, button, who) {
  await main(page).getByRole('link', { name: button }).click();
  await page.getByRole('link', { name: who, exact: true }).click();
}

async function menu(page, name, item) {
  await page.locator('summary').filter({ hasText: name }).click();
  await page.getByRole('button', { name: item }).or(page.getByRole('link', { name: item })).click();
}

async function logOutEverywhere(page, name) {
  await menu(page, name, 'Logga ut');
  await expect(main(page).getByRole('heading', { level: 1 })).toHaveText('Du är utloggad här');
  await main(page).getByRole('link', { name: 'Logga ut hos Älvsele kommun' }).click();
  await page.getByRole('button', { name: 'Ja, logga ut' }).click();
  await expect(page.getByText('Du är utloggad.')).toBeVisible();
}

test('the door shows the organisations first and works as before', async ({ page }) => {
  await page.goto(site.base + '/logga-in');
  await expect(main(page).getByRole('link', { name: /^Logga in med/ })).toHaveText(['Logga in med Älvsele kommun', 'Logga in med e-legitimation']);
  await accessible(page);
  await narrow(page);
  expect(await page.context().cookies()).toEqual([]);
});

test('a rule gives a role, and takes it when it no longer holds', async ({ page }) => {
  await page.goto(site.base + '/logga-in');
  await through(page, 'Logga in med Älvsele kommun', 'Lisa Å');
  await expect(page).toHaveURL(site.base + '/alvkusten/skrivbord');
  await expect(page.getByText('Meny för Lisa Å')).toBeAttached();
  await page.goto(site.base + '/konto');
  await expect(main(page)).toContainText('Kansli');
  await expect(main(page)).toContainText('Kopplad');
  await accessible(page);
  await narrow(page);

  lisa.groups = ['alla'];
  await menu(page, 'Lisa Å', 'Logga ut');
  await expect(main(page)).toContainText('fortfarande inloggad hos Älvsele kommun');
  await accessible(page);
  await narrow(page);
  await main(page).getByRole('link', { name: 'Logga ut hos Älvsele kommun' }).click();
  await page.getByRole('button', { name: 'Ja, logga ut' }).click();
  await expect(page.getByText('Du är utloggad.')).toBeVisible();

  await page.goto(site.base + '/logga-in');
  await through(page, 'Logga in med Älvsele kommun', 'Lisa Å');
  await expect(page).toHaveURL(site.base + '/konto');
  await expect(main(page)).toContainText('Kansli, började aldrig gälla');
  expect((await page.goto(site.base + '/alvkusten/plan')).status()).toBe(403);

  lisa.groups = ['samordning'];
  await logOutEverywhere(page, 'Lisa Å');
  await page.goto(site.base + '/en/alvkusten/plan');
  await main(page).getByRole('link', { name: 'Log in' }).click();
  await through(page, 'Log in with Älvsele kommun', 'Lisa Å');
  await expect(page).toHaveURL(site.base + '/en/alvkusten/plan');
});

test('when somebody logs out at the organisation she is logged out here', async ({ page }) => {
  await page.goto(site.base + '/logga-in');
  await through(page, 'Logga in med Älvsele kommun', 'Lisa Å');
  await expect(page.getByText('Meny för Lisa Å')).toBeAttached();
  const other = await page.context().newPage();
  await other.goto(town.issuer + '/session/end');
  await other.getByRole('button', { name: 'Ja, logga ut' }).click();
  await expect(other.getByRole('heading', { name: 'Utloggad hos Älvsele kommun' })).toBeVisible();
  await expect(async () => expect((await page.goto(site.base + '/konto')).status()).toBe(401)).toPass({ timeout: 5_000 });
});

test('who is not let in is told why and what to do', async ({ page }) => {
  await page.goto(site.base + '/en/logga-in');
  await through(page, 'Log in with Älvsele kommun', 'Unto Norr');
  await expect(page.locator('.ds-error-summary')).toContainText('you have no account here');
  await accessible(page);
  await page.goto(page.url().replace('/en/', '/'));
  await expect(page.locator('.ds-error-summary')).toContainText('Be förbundschefen bjuda in dig');
  await accessible(page);
  await narrow(page);
  expect(page.url()).not.toContain('code=');

  await page.context().clearCookies();
  await page.goto(site.base + '/logga-in');
  await through(page, 'Logga in med Älvsele kommun', 'Avbryt');
  await expect(page.locator('.ds-error-summary')).toContainText('avbröts');

  broker.acr = 'loa2';
  await through(page, 'Logga in med e-legitimation', 'TYRA EK');
  await expect(page.locator('.ds-error-summary')).toContainText('inte tillräckligt stark');
  broker.acr = 'loa3';
});

test('an account is linked by its owner, opens the door, and is taken apart again', async ({ page }) => {
  await logInByMail(page, site, 'tyra.ek@alvkusten.example');
  await page.goto(site.base + '/konto');
  await through(page, 'Koppla till e-legitimation', 'TYRA EK');
  await expect(main(page).getByRole('heading', { level: 1 })).toHaveText('Koppla ditt konto till e-legitimation');
  await expect(main(page)).toContainText('TYRA EK');
  await expect(main(page)).toContainText('tyra.ek@alvkusten.example');
  await accessible(page);
  await narrow(page);
  await main(page).getByRole('button', { name: 'Koppla ihop' }).click();
  await expect(page.getByText('Kontot är kopplat')).toBeVisible();
  await menu(page, 'Tyra Ek', 'Logga ut');
  await expect(page.getByText('Du är utloggad.')).toBeVisible();

  await page.goto(site.base + '/logga-in');
  await main(page).getByRole('link', { name: 'Logga in med e-legitimation' }).click(); // she is still logged in there
  if (page.url().startsWith(broker.issuer)) await page.getByRole('link', { name: 'TYRA EK' }).click();
  await expect(page).toHaveURL(site.base + '/alvkusten/skrivbord');
  await page.goto(site.base + '/konto');
  await main(page).getByRole('button', { name: /^Ta bort kopplingen/ }).click();
  await expect(page.getByText('Kopplingen är borttagen')).toBeVisible();
  await expect(main(page).getByRole('link', { name: 'Koppla till e-legitimation' })).toBeVisible();
});

test('it works without JavaScript', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'sv-SE' });
  const page = await context.newPage();
  await page.goto(site.base + '/lattlast/logga-in');
  await through(page, 'Logga in med Älvsele kommun', 'Lisa Å');
  await expect(page).toHaveURL(site.base + '/lattlast/alvkusten/skrivbord');
  await context.close();
});

test('the administrator sees how it stands', async ({ page }) => {
  await logInByMail(page, site, 'olle.berg@drift.example');
  await page.goto(site.base + '/administration');
  await main(page).getByRole('link', { name: 'Inloggning genom organisationer' }).click();
  await expect(main(page)).toContainText('Svarar');
  await expect(main(page)).toContainText(site.base + '/logga-in/via/alvsele/svar');
  await accessible(page);
  await narrow(page);
});
