// Step 1 and the door: the terminal says where to go and as whom; codes; passkeys; what is refused.
import { accessible, expect, installation, logIn, people, test, writeCode } from './support/stories.mjs';

const site = installation();

test('the terminal prints the address and how to log in', async () => {
  expect(site.printed()).toContain(site.base + '/logga-in');
  expect(site.printed()).toContain('karin.lind@alvkusten.example');
  expect(site.printed()).toContain('maria.sand@vastrasjolandet.example');
});

test('a wrong code is refused and says what to do', async ({ page }) => {
  await page.goto(site.base + '/logga-in');
  await page.getByLabel('E-post').fill('tyra.ek@alvkusten.example');
  await page.getByRole('button', { name: 'Skicka en kod' }).click();
  await page.getByLabel('Kod', { exact: true }).fill('AAAA-AAAA');
  await page.getByRole('main').getByRole('button', { name: 'Logga in' }).click();
  await expect(page.locator('.ds-error-summary')).toBeVisible();
  await accessible(page);
});

test('a page for those who are logged in shows a visitor the door, and leads back when she is through', async ({ page }) => {
  const refused = await page.goto(site.base + '/alvkusten/plan');
  expect(refused.status()).toBe(401);
  await accessible(page);
  await page.getByRole('main').getByRole('link', { name: 'Logga in' }).click();
  await page.getByRole('button', { name: /Logga in som.*Tyra Ek/ }).click();
  await writeCode(page);
  await expect(page).toHaveURL(site.base + '/alvkusten/plan');
});

test('an auditor reads everything and changes nothing', async ({ page }) => {
  await logIn(page, site, people.bo);
  const main = page.getByRole('main');
  for (const [menu, address, there] of [
    ['Personer och roller', '/alvkusten/personer', 'Karin Lind'],
    ['Förbundets uppgifter', '/alvkusten/installningar', 'Namn, kontakt och färg'],
    ['Löften och underskrifter', '/alvkusten/loften', 'Det undertecknade dokumentet'],
    ['Ändringslogg', '/alvkusten/andringslogg', 'Före och efter'],
  ]) {
    await page.goto(site.base + '/alvkusten/plan');
    await page.locator('summary').filter({ hasText: people.bo }).click();
    await page.getByRole('link', { name: menu }).click();
    await expect(page).toHaveURL(site.base + address);
    await expect(main).toContainText(there);
    await expect(main.locator('form[method=post]')).toHaveCount(0);
    await accessible(page);
  }
  await page.goto(site.base + '/alvkusten/personer');
  await main.getByRole('link', { name: 'Karin Lind' }).click();
  await expect(main).toContainText('karin.lind@alvkusten.example');
  await expect(main.locator('form')).toHaveCount(0);
  await accessible(page);
  await page.goto(site.base + '/alvkusten/loften');
  const papers = await main.getByRole('link', { name: 'Det undertecknade dokumentet' }).all();
  for (const paper of [site.base + '/alvkusten/plan.csv', site.base + '/alvkusten/plan.xlsx', ...(await Promise.all(papers.map((p) => p.getAttribute('href'))))]) {
    expect((await page.request.get(new URL(paper, site.base).href)).status(), paper).toBe(200);
  }
  const refused = await page.goto(site.base + '/alvkusten/plan/ny');
  expect(refused.status()).toBe(403);
  await expect(page.getByRole('main')).toContainText(/förbundschef/i);
  await accessible(page);
});

test('a passkey is added and then opens the door alone', async ({ page }) => {
  // Passkeys need a name, and browsers take localhost for one.
  const local = { base: site.base.replace('127.0.0.1', 'localhost') };
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await logIn(page, local, 'Samir Nouri');
  await page.goto(local.base + '/konto');
  await page.getByRole('button', { name: 'Lägg till en passkey' }).click();
  await expect(page.getByText('Passkeyn är tillagd')).toBeVisible();
  await accessible(page);
  await page.locator('summary').filter({ hasText: 'Samir Nouri' }).click();
  await page.getByRole('button', { name: 'Logga ut' }).click();
  await page.goto(local.base + '/logga-in');
  await page.getByRole('button', { name: 'Logga in med passkey' }).click();
  await expect(page.getByText('Meny för Samir Nouri')).toBeAttached();
});
