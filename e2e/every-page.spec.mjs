// Every page that can be reached by links, in every role and language: it answers, passes axe in light and dark, fits a small phone, and
// logs no error.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { accessible, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

// The walks share the work: each runs where a worker is free, and whoever comes first to a check claims it for all.
test.describe.configure({ mode: 'parallel' });

const site = installation();

function claimed(check) {
  try {
    mkdirSync(join(process.env.SAMKLANG_E2E, 'claims', encodeURIComponent(check)));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

// kind of a page: pages that differ only by whom or what they show are one kind.
const kindOf = (url) =>
  url.pathname
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}')
    .replace(/\/(alvkusten|skogsbygden|vastra-sjolandet)(?=\/|$)/, '/{association}')
    .replace(/\/loften\/[^/]+\/\d+/, '/loften/{declaration}/{number}')
    .replace(/\/deklarationer\/[^/]+/, '/deklarationer/{declaration}')
    .replace(/\d+/g, '{n}') + (url.searchParams.has('vy') ? '?vy=' + url.searchParams.get('vy') : '');

const noPage = /\.(csv|xlsx|json|ics|atom|xml|png|svg|pdf|txt)$|^\/(assets|exempel)\/|\/underlag\/[0-9a-f-]{36}$|\/(dokument|underskrifter)\/[0-9a-f-]{36}$/;

// walk follows every link from where it starts, one page of each kind, and does the checks on each. Backwards it takes the newest link
// first, so that two walks from the same page meet in the middle.
async function walk(page, from, language, check, backwards = false) {
  const queue = [from];
  const seen = new Set();
  while (queue.length > 0) {
    const address = backwards ? queue.pop() : queue.shift();
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

// looked is what is checked on every page: that it fits a small phone, once for each role, and axe on the first of its kind that anybody
// meets.
const looked = (who) => async (page, kind) => {
  if (claimed('axe ' + kind)) await accessible(page, { dark: !/ (en|lattlast)$/.test(who) });
  if (claimed(`${who} ${kind}`)) await narrow(page);
};

for (const [name, from, language] of [
  ['in Swedish', '/', ''],
  ['in easy-read Swedish', '/lattlast', 'lattlast'],
  ['in English', '/en', 'en'],
]) {
  test(`a visitor, ${name}`, async ({ page }) => {
    test.setTimeout(240_000);
    const seen = await walk(page, from, language, looked('visitor ' + language));
    expect(seen.size).toBeGreaterThan(12);
  });
}

for (const [who, from, backwards, language = ''] of [
  ['karin', '/alvkusten/skrivbord', false],
  ['karin', '/alvkusten/skrivbord', true],
  ['maria', '/vastra-sjolandet/skrivbord'],
  ['eva', '/alvkusten/skrivbord'],
  ['bo', '/skogsbygden/skrivbord'],
  ['gunilla', '/alvkusten/skrivbord'],
  ['arne', '/skogsbygden/skrivbord'],
  ['olle', '/administration'],
  ['tyra', '/en/alvkusten/skrivbord', false, 'en'],
  ['tyra', '/lattlast/alvkusten/skrivbord', false, 'lattlast'],
]) {
  test(people[who] + (language && `, at /${language}`) + (backwards ? ', from the other end' : ''), async ({ page }) => {
    test.setTimeout(240_000);
    await logIn(page, site, people[who]);
    const seen = await walk(page, from, language, looked(who + ' ' + language), backwards);
    expect(seen.size).toBeGreaterThan(8);
  });
}
