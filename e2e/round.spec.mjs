// A follow-up: the head comments, reads it through and freezes it; what becomes known later does not change it.
import { accessible, choose, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

const site = installation();

test('a frozen follow-up stays as it was when evidence comes later', async ({ page, browser }) => {
  const checked = async () => {
    await accessible(page);
    await narrow(page);
  };
  await logIn(page, site, people.karin);
  await page.goto(site.base + '/alvkusten/uppfoljning');
  await page.getByRole('link', { name: 'Tertial 3 2026' }).click();
  const eighth = page.getByRole('article', { name: /Aktiva åtgärder/ });
  await eighth.getByLabel('Kommentar').fill('Vi börjar med ålder i december.');
  await eighth.getByRole('button', { name: 'Spara kommentaren' }).click();
  await page.getByRole('link', { name: 'Läs igenom och frys' }).click();
  await expect(page.getByRole('main')).toContainText('Vi börjar med ålder i december.');
  await checked();
  await page.getByRole('button', { name: 'Frys uppföljningen' }).click();
  await expect(page.getByText('frys', { exact: false }).first()).toBeVisible();
  const round = page.url().replace(/[?#].*/, '');
  await page.goto(round);
  await checked();
  const promises = page.locator('article');
  const seventh = promises.filter({ hasText: 'Ställa krav på dem vi köper av' });
  await expect(seventh).toContainText(/Försenat sedan \d{1,2} \p{L}+/u); // the example's days move with today
  const frozen = await promises.allInnerTexts();
  await expect(page.getByRole('textbox')).toHaveCount(0);

  // The missing step is shown, and somebody else accepts it.
  await page.goto(site.base + '/alvkusten/skrivbord');
  await page.getByRole('link', { name: /^Berätta.*två leverantörer/ }).click();
  await page.getByLabel('Vad blev gjort?').fill('Vi talade med två leverantörer. Båda hade utbildat sin personal.');
  await page.getByRole('button', { name: 'Skicka till granskning' }).click();
  await expect(page.locator('.flash')).toBeVisible();
  await page.goto(site.base + '/alvkusten/skrivbord');
  await page.getByRole('link', { name: /^Lägg till underlag.*tre leverantörer/ }).click();
  await page.getByLabel('Rubrik').fill('Kontroll hos tre leverantörer');
  await page.getByLabel('Vad blev gjort?').fill('Vi har kontrollerat tre leverantörer.');
  await choose(page, 'Det här visar att hela steget är gjort');
  await page.getByRole('button', { name: 'Skicka till granskning' }).click();
  await expect(page.locator('.flash')).toBeVisible();
  const tyra = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
  await logIn(tyra, site, people.tyra);
  for (const title of [/Granska.*två leverantörer/, /Granska.*(tre leverantörer|Kontroll hos tre)/]) {
    await tyra.goto(site.base + '/alvkusten/granska');
    await tyra.getByRole('link', { name: title }).first().click();
    await tyra.getByRole('button', { name: 'Godta' }).click();
    await expect(tyra.locator('.flash')).toBeVisible();
  }
  await page.goto(site.base + '/alvkusten/loften/gemensam-deklaration-for-en-levande-demokrati/7');
  await expect(page.getByText(/^Försenat sedan/)).toHaveCount(0);

  await page.goto(round);
  expect(await promises.allInnerTexts()).toEqual(frozen);
  const comment = await page.request.post(page.url() + '/frys', { headers: { 'Sec-Fetch-Site': 'same-origin' } });
  expect(comment.status(), 'it cannot be frozen twice').toBeGreaterThanOrEqual(400);
});

test('a published follow-up is found by visitors, and a comment saved as one writes meets no conflict', async ({ page, browser }) => {
  await logIn(page, site, people.karin);
  await page.goto(site.base + '/alvkusten/uppfoljning/ny');
  await page.getByLabel('Vad heter den?').fill('Höstens uppföljning');
  await page.getByRole('button', { name: 'Öppna en uppföljning' }).click();
  await expect(page.getByRole('heading', { name: 'Höstens uppföljning' })).toBeVisible();
  // The page saves when the field is left, which pressing the button does: the answer is still on its way when the form is sent.
  await page.route('**/lofte/*', async (route) => {
    if (route.request().headers().accept === 'application/json') await new Promise((go) => setTimeout(go, 700));
    await route.continue();
  });
  const first = page.getByRole('article').first();
  await first.getByLabel('Kommentar').fill('Fler kom än vi trodde.');
  await first.getByRole('button', { name: 'Spara kommentaren' }).click();
  await expect(page.locator('.flash')).toHaveText(/Kommentaren är sparad/);
  await expect(first.getByLabel('Kommentar')).toHaveValue('Fler kom än vi trodde.');
  await page.getByRole('link', { name: 'Läs igenom och frys' }).click();
  await page.getByRole('button', { name: 'Frys uppföljningen' }).click();
  await page.getByRole('button', { name: 'Låt alla läsa den' }).click();
  await expect(page.getByRole('main')).toContainText(people.karin);

  const visitor = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
  await visitor.goto(site.base + '/alvkusten');
  await visitor.getByRole('link', { name: 'Höstens uppföljning' }).click();
  await expect(visitor.getByRole('main')).toContainText('Fler kom än vi trodde.');
  await expect(visitor.getByRole('main')).not.toContainText(people.karin);
  await accessible(visitor);
  await narrow(visitor);
});
