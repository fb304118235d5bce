// Equality: a gap is seen, taken on, published by two people, read by anybody on a phone with the keyboard, and withdrawn.
import { accessible, choose, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

const site = installation();

test('a difference is seen, taken on, published by two and withdrawn', async ({ page, browser }) => {
  const checked = async (on = page) => {
    await accessible(on);
    await narrow(on);
  };
  await logIn(page, site, people.karin);
  await page.goto(site.base + '/alvkusten/jamlikhet');
  await checked();

  // The reversal: more women of all, fewer within the same initiative. The small initiative is in no figure.
  await page.getByRole('link', { name: 'Kommer kvinnor och män till arbete eller studier?' }).click();
  await expect(page.getByRole('main')).toContainText('Skillnaden byter håll');
  await expect(page.getByRole('main')).toContainText('Stegen i Mo har räknat färre än 20 och står inte i någon siffra.');
  await expect(page.getByRole('region', { name: 'Inom samma insats', exact: true })).not.toContainText('Stegen i Mo');
  await checked();

  // The gap is taken on; the first step needs words.
  await page.goto(site.base + '/alvkusten/jamlikhet');
  await page.getByRole('link', { name: 'Kommer steget mot jobb lika snart för kvinnor och män?' }).click();
  await expect(page.getByRole('main')).toContainText('En skillnad att undersöka');
  await expect(page.getByRole('region', { name: 'Inom samma insats', exact: true })).toContainText('30 av 100');
  await checked();
  await page.getByRole('button', { name: 'Ta upp skillnaden' }).click();
  await checked();
  await page.getByRole('button', { name: 'Spara' }).click();
  await expect(page.locator('.ds-error-summary')).toContainText('Skriv vad ni har kommit fram till');
  await page.getByLabel('Vad har ni kommit fram till?').fill('Vi har talat med dem som arbetar i Vägen in.');
  await choose(page, 'Undersökningen är klar');
  await page.getByRole('button', { name: 'Spara' }).click();
  await expect(page.getByRole('heading', { name: 'Analysera: vad kan ligga bakom?' })).toBeVisible();
  await checked();

  // One prepares, another approves.
  await page.goto(site.base + '/alvkusten/jamlikhet/publicera');
  await page.getByRole('button', { name: 'Frys och lämna för godkännande' }).click();
  await expect(page.locator('.ds-error-summary')).toContainText('Skriv en rubrik');
  await checked();
  await page.getByLabel('Rubrik').fill('Stöd till kvinnor och män');
  await page.getByLabel('Er egen text').fill('Kvinnor får sitt första steg mot jobb senare än män i samma insats. Det undersöker vi.');
  await page.getByRole('button', { name: 'Frys och lämna för godkännande' }).click();
  await expect(page.getByRole('button', { name: 'Godkänn och publicera' })).toHaveCount(0);
  const release = page.url().replace(/[?#].*/, '');
  const visitor = await (await browser.newContext({ locale: 'sv-SE', viewport: { width: 360, height: 740 } })).newPage();
  expect((await visitor.goto(release)).status()).toBe(404);
  const tyra = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
  await logIn(tyra, site, people.tyra);
  await tyra.goto(release);
  await tyra.getByRole('button', { name: 'Godkänn och publicera' }).click();
  await checked(tyra);

  // Anybody reads it, with the keyboard: the twin of the first picture opens by Enter.
  await visitor.goto(site.base + '/alvkusten/statistik');
  await checked(visitor);
  await visitor.getByRole('link', { name: 'Stöd till kvinnor och män' }).focus();
  await visitor.keyboard.press('Enter');
  await expect(visitor.getByRole('heading', { level: 1, name: 'Stöd till kvinnor och män' })).toBeVisible();
  const twin = visitor.getByRole('region', { name: 'Kommer steget mot jobb lika snart' }).getByText('Bilden som tabell');
  await twin.focus();
  await visitor.keyboard.press('Enter');
  await expect(visitor.getByRole('cell', { name: '68 av 100' }).first()).toBeVisible();
  await checked(visitor);
  const csv = await (await visitor.request.get(release + '/tabeller.csv')).text();
  expect(csv).not.toContain('primary');
  expect(csv).toContain('hidden');
  expect(csv).not.toContain('Stegen i Mo');
  await expect(visitor.getByRole('main')).toContainText('Svaret är känt för');
  await expect(visitor.getByRole('main')).toContainText('En insats har räknat färre än 20 och står inte i någon siffra.');
  await expect(visitor.getByRole('main')).not.toContainText('Stegen i Mo');
  const catalogue = await (await visitor.request.get(site.base + '/alvkusten/statistik/katalog.jsonld')).json();
  expect(catalogue['@graph'].filter((x) => x['@type'] === 'dcat:Dataset')).toHaveLength(3);
  await visitor.goto(release.replace('/alvkusten', '/en/alvkusten'));
  await checked(visitor);

  // Withdrawn it stays, marked.
  await page.goto(release);
  await page.getByRole('button', { name: 'Dra tillbaka statistiken' }).click();
  await expect(page.locator('.ds-error-summary')).toContainText('Skriv varför');
  await page.getByLabel('Varför dras den tillbaka?').fill('En insats hade räknat fel.');
  await page.getByRole('button', { name: 'Dra tillbaka statistiken' }).click();
  await visitor.goto(release);
  await expect(visitor.getByRole('main')).toContainText('En insats hade räknat fel.');
  await checked(visitor);
});
