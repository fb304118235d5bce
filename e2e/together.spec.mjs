// Associations together: one asks, the others answer, what none could see alone is seen, a person at each approves it, and it stands with them all.
import { accessible, choose, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

const site = installation();

test('three associations look together, publish together, and one withdraws and leaves', async ({ page, browser }) => {
  test.setTimeout(240_000);
  const checked = async (on = page) => {
    await accessible(on);
    await narrow(on);
  };
  const as = async (name) => {
    const p = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
    await logIn(p, site, name);
    return p;
  };
  const [arne, maria] = [await as(people.arne), await as(people.maria)];

  // Alone, Skogsbygden has too few women for anything to be said.
  await arne.goto(site.base + '/skogsbygden/jamlikhet/soon-sex');
  await expect(arne.getByRole('main')).toContainText('För få för att visas');

  // Älvkusten asks, and nothing is counted until the others have said yes.
  await logIn(page, site, people.tyra);
  await page.goto(site.base + '/alvkusten/siffror');
  await page.getByRole('link', { name: 'Siffror tillsammans med andra förbund' }).click();
  await checked();
  await page.getByRole('button', { name: 'Fråga dem' }).click();
  await expect(page.locator('.ds-error-summary')).toContainText('Skriv ett namn');
  await checked();
  await page.getByLabel('Vad ska det heta?').fill('Länets förbund');
  for (const name of ['Skogsbygden', 'Västra Sjölandet']) if (!(await page.getByLabel(name).isChecked())) await choose(page, name);
  await page.getByRole('button', { name: 'Fråga dem' }).click();
  await expect(page.getByRole('main')).toContainText('Minst 3 förbund måste vara med, nu är det 1');
  const group = page.url().replace(/[?#].*/, '');
  const at = (slug, url = group) => url.replace('/alvkusten/', `/${slug}/`);
  await checked();

  await arne.goto(site.base + '/skogsbygden/siffror');
  await expect(arne.getByRole('main')).toContainText('Älvkusten frågar om ni vill räkna samman: Länets förbund');
  await arne.getByRole('link', { name: 'Vill ni vara med?' }).click();
  await checked(arne);
  await arne.getByRole('button', { name: 'Ja, vi är med' }).click();
  await maria.goto(at('vastra-sjolandet'));
  await maria.getByRole('button', { name: 'Nej tack' }).click();
  await expect(maria.getByRole('main')).toContainText('Tackade nej');
  await checked(maria);
  await maria.getByRole('button', { name: 'Ja, vi är med' }).click();

  // Counted together: women and men can be compared, and one association is further off than chance explains.
  await page.goto(group);
  await page.getByRole('button', { name: 'Räkna samman' }).click();
  await checked();
  await page.getByRole('link', { name: 'Se jämförelserna' }).click();
  await checked();
  const comparisons = page.url();
  await page.getByRole('link', { name: 'Kommer steget mot jobb lika snart för kvinnor och män?' }).click();
  await expect(page.getByRole('heading', { name: 'Inom samma förbund', exact: true })).toBeVisible();
  await checked();
  await page.goto(comparisons);
  await page.getByRole('link', { name: 'Hur många får ett steg mot jobb inom ett halvår, förbund för förbund?' }).click();
  await expect(page.getByRole('main')).toContainText('Västra Sjölandet: 33 av 100, utanför, att undersöka');
  await checked();

  // One prepares, and a person at each of the others approves; until the last has, nobody outside sees it.
  await page.goto(comparisons + '/publicera');
  await page.getByRole('button', { name: 'Frys och lämna för godkännande' }).click();
  await expect(page.locator('.ds-error-summary')).toContainText('Skriv en rubrik');
  await checked();
  await page.getByLabel('Rubrik').fill('Länets förbund tillsammans');
  await page.getByLabel('Er egen text').fill('I ett av förbunden kommer steget mot jobb till färre. Det undersöker vi ihop.');
  await page.getByRole('button', { name: 'Frys och lämna för godkännande' }).click();
  await expect(page.getByRole('main')).toContainText('Nu väntar: Skogsbygden och Västra Sjölandet');
  await expect(page.getByRole('button', { name: 'Godkänn och publicera' })).toHaveCount(0);
  await checked();
  const release = page.url().replace(/[?#].*/, '');
  const visitor = await (await browser.newContext({ locale: 'sv-SE', viewport: { width: 360, height: 740 } })).newPage();
  for (const [p, slug] of [[arne, 'skogsbygden'], [maria, 'vastra-sjolandet']]) {
    expect((await visitor.goto(release)).status()).toBe(404);
    await p.goto(at(slug, release));
    await p.getByRole('button', { name: 'Godkänn och publicera' }).click();
    await checked(p);
  }

  // Anybody reads it at each of the three, with the keyboard; the files hold nothing that is hidden.
  for (const slug of ['alvkusten', 'skogsbygden', 'vastra-sjolandet']) {
    await visitor.goto(site.base + `/${slug}/statistik`);
    await visitor.getByRole('link', { name: 'Länets förbund tillsammans' }).focus();
    await visitor.keyboard.press('Enter');
    await expect(visitor.getByRole('heading', { level: 1, name: 'Länets förbund tillsammans' })).toBeVisible();
  }
  const twin = visitor.getByText('Bilden som tabell').first();
  await twin.focus();
  await visitor.keyboard.press('Enter');
  await expect(visitor.getByRole('cell', { name: '63 av 100' }).first()).toBeVisible();
  await checked(visitor);
  const csv = await (await visitor.request.get(release + '/tabeller.csv')).text();
  expect(csv).not.toContain('primary');
  expect(csv).toContain('Västra Sjölandet');
  expect((await (await visitor.request.get(release + '/tabeller.json')).json()).associations).toHaveLength(3);
  const catalogue = await (await visitor.request.get(site.base + '/skogsbygden/statistik/katalog.jsonld')).json();
  expect(catalogue['@graph'].filter((x) => String(x['dcterms:identifier']).includes('/alvkusten/gemensam-statistik/'))).toHaveLength(2);
  await visitor.goto(release.replace('/alvkusten', '/en/alvkusten'));
  await checked(visitor);

  // One withdraws it for all, and leaves. What was shown stays, marked.
  await maria.goto(at('vastra-sjolandet', release));
  await maria.getByRole('button', { name: 'Dra tillbaka statistiken' }).click();
  await expect(maria.locator('.ds-error-summary')).toContainText('Skriv varför');
  await maria.getByLabel('Varför dras den tillbaka?').fill('Nya hamnen hade räknat fel.');
  await maria.getByRole('button', { name: 'Dra tillbaka statistiken' }).click();
  await visitor.goto(release);
  await expect(visitor.getByRole('main')).toContainText('Nya hamnen hade räknat fel.');
  await expect(visitor.getByRole('main')).toContainText('Västra Sjölandet');
  await checked(visitor);
  await maria.goto(at('vastra-sjolandet'));
  await maria.getByRole('button', { name: 'Lämna' }).click();
  await expect(maria.getByRole('main')).toContainText('Det som redan är visat står kvar.');
  await checked(maria);
  await page.goto(group);
  await expect(page.getByRole('main')).toContainText('nu är det 2');
});
