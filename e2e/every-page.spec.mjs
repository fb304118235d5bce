// Every page that can be reached by links, in every role and language: it answers, passes axe in light and dark, fits a small phone, and
// logs no error.
import { accessible, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

const site = installation();

// kind of a page: pages that differ only by whom or what they show are one kind.
const kindOf = (url) =>
  url.pathname
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}')
    .replace(/\/(alvkusten|skogsbygden|vastra-sjolandet)(?=\/|$)/, '/{association}')
    .replace(/\/loften\/[^/]+\/\d+/, '/loften/{declaration}/{number}')
    .replace(/\/deklarationer\/[^/]+/, '/deklarationer/{declaration}')
    .replace(/\d+/g, '{n}') + (url.searchParams.has('vy') ? '?vy=' + url.searchParams.get('vy') : '');

const noPage = /\.(csv|xlsx|json|ics|atom|xml|png|svg|pdf|txt)$|^\/(assets|exempel)\/|\/underlag\/[0-9a-f-]{36}$|\/dokument\/[0-9a-f-]{36}$/;

// walk follows every link from where it starts, one page of each kind, and does the checks on each.
async function walk(page, from, language, check) {
  const queue = [from];
  const seen = new Set();
  while (queue.length > 0) {
    const address = queue.shift();
    const response = await page.goto(site.base + address);
    await test.step(address, async () => {
      expect.soft(response.status(), address).toBe(200);
      await check(page, kindOf(new URL(page.url())));
    });
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => new URL(a.getAttribute('href'), document.baseURI).href));
    for (const link of links) {
      const url = new URL(link);
      const prefix = url.pathname.match(/^\/(en|lattlast)(?=\/|$)/)?.[1] ?? '';
      if (url.origin !== site.base || prefix !== language || noPage.test(url.pathname)) continue;
      const kind = kindOf(url);
      if (seen.has(kind)) continue;
      seen.add(kind);
      queue.push(url.pathname + url.search);
    }
  }
  return seen;
}

// everything is what the first who meets a kind of page checks; for those after her it is enough that it fits.
const everything = (met) => async (page, kind) => {
  if (!met.has(kind)) await accessible(page);
  met.add(kind);
  await narrow(page);
};

const met = new Set(); // kinds of pages that axe has seen

test('a visitor, in Swedish', async ({ page }) => {
  test.setTimeout(480_000);
  const seen = await walk(page, '/', '', everything(met));
  expect(seen.size).toBeGreaterThan(12);
});

test('a visitor, in easy-read Swedish', async ({ page }) => {
  test.setTimeout(240_000);
  const seen = await walk(page, '/lattlast', 'lattlast', narrow);
  expect(seen.size).toBeGreaterThan(12);
});

test('a visitor, in English', async ({ page }) => {
  test.setTimeout(240_000);
  const seen = await walk(page, '/en', 'en', narrow);
  expect(seen.size).toBeGreaterThan(12);
});

for (const [who, from] of [
  ['karin', '/alvkusten/skrivbord'],
  ['maria', '/vastra-sjolandet/skrivbord'],
  ['eva', '/alvkusten/skrivbord'],
  ['bo', '/skogsbygden/skrivbord'],
  ['olle', '/administration'],
]) {
  test(people[who], async ({ page }) => {
    test.setTimeout(480_000);
    await logIn(page, site, people[who]);
    const seen = await walk(page, from, '', everything(met));
    expect(seen.size).toBeGreaterThan(8);
  });
}
