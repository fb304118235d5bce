// Every page of the program's own site map, as every sort of person, in every language, light and dark, with and without script. `make test`
// takes few cases that hold every pair of these; `make accessibility` takes all. See README.md.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as checks from './support/checks.mjs';
import { everyCombination, everyPair, languages } from './support/plan.mjs';
import { inWords, note, record, unknown } from './support/record.mjs';
import { samples } from './support/samples.mjs';
import { HTTP, found, routes } from './support/sitemap.mjs';
import { expect, installation, test } from './support/stories.mjs';
import { walkers } from './support/walkers.mjs';

const complete = process.env.SAMKLANG_ACCESSIBILITY === 'complete';

// The walks share the work: each runs where a worker is free.
test.describe.configure({ mode: 'parallel' });

const site = installation();

const clients = new Map();

// client is somebody's way in without a browser, logged in once for each installation.
async function client({ who, email }) {
  const key = site.base + who;
  if (!clients.has(key)) {
    const http = new HTTP(site.base);
    if (email) await http.logIn(email);
    clients.set(key, http);
  }
  return clients.get(key);
}

// planned gives every case of the walk: { who, role, kind, language, theme, script, paths }. Whoever comes first finds the pages and makes the
// plan for all; every installation is a copy of the same, so that addresses are the same.
async function planned() {
  const file = join(process.env.SAMKLANG_E2E, 'walk.json');
  try {
    mkdirSync(join(process.env.SAMKLANG_E2E, 'claims', 'walk'));
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    await expect.poll(() => existsSync(file), { timeout: 120_000 }).toBe(true);
    return JSON.parse(readFileSync(file, 'utf8'));
  }
  const reached = [];
  const paths = {};
  const faults = [];
  for (const w of walkers) {
    const at = await found(await client(w), [w.from]);
    faults.push(...at.faults.map((f) => `${w.role}: ${f}`));
    for (const [kind, list] of Object.entries(at.pages)) {
      reached.push({ ...w, kind });
      paths[w.who + kind] = list;
    }
    for (const [kind, s] of Object.entries(samples)) if (s.role === w.role && !w.also) reached.push({ ...w, kind, sample: true });
  }
  const cases = complete ? [...everyCombination(reached.filter((r) => !r.also)), ...everyPair(reached.filter((r) => r.also))] : everyPair(reached);
  const first = new Set();
  const plan = {
    faults,
    links: Object.values(paths).flat().length,
    cases: cases.map((c, i) => {
      const more = c.kind + c.who;
      const thorough = !first.has(more);
      if (thorough) first.add(more);
      const examples = paths[c.who + c.kind] ?? [];
      return { ...c, thorough, path: examples[i % examples.length] };
    }),
  };
  writeFileSync(file + '.new', JSON.stringify(plan));
  renameSync(file + '.new', file);
  return plan;
}

test('links lead to pages of the program that answer, without any script', async ({ page }) => {
  test.setTimeout(180_000);
  const plan = await planned();
  note({ check: 'links', pages: plan.links, faults: plan.faults });
  await page.goto(site.base);
  note({ rules: await checks.rules(page), chromium: page.context().browser().version() });
  expect(plan.faults).toEqual([]);
  expect(plan.cases.length).toBeGreaterThan(300);
});

for (const w of walkers) {
  for (const language of languages) {
    test(`${w.who} (${w.role})${language && ` at /${language}`}`, async ({ page }) => {
      test.setTimeout(complete ? 3_000_000 : 300_000);
      const http = await client(w);
      const { cases } = await planned();
      await page.context().addCookies(Object.entries(http.cookies).map(([name, value]) => ({ name, value, url: site.base })));
      const plain = await page.context().newPage();
      await plain.route('**/*.js', (r) => r.fulfill({ contentType: 'text/javascript', body: '' }));
      const mine = cases.filter((c) => c.who === w.who && c.language === language);
      for (const kind of new Set(mine.map((c) => c.kind))) {
        const [on, off] = [true, false].map((script) => mine.filter((c) => c.kind === kind && c.script === script));
        const same = on.length > 0 && (await look(page, http, on, off.map((c) => c.theme)));
        if (off.length > 0 && !same) await look(plain, http, off);
      }
    });
  }
}

// sameWithoutScript tells whether the scripts have left the page as the server sent it, but for the keys that forms have anew each time.
const sameWithoutScript = (page) =>
  page.evaluate(async () => {
    const plain = (e) => e.outerHTML.replace(/name="_key" value="[^"]*"/g, '');
    const sent = await (await fetch(location.href)).text();
    return plain(new DOMParser().parseFromString(sent, 'text/html').documentElement) === plain(document.documentElement);
  });

// look opens a page and does the checks that the cases ask for; they differ by theme alone. When the scripts change nothing on it and it is to
// be looked at in the same themes without them, that is the same look: it is noted, and look says so.
async function look(page, http, group, without = []) {
  const [{ kind, role, language, script, sample, path }] = group;
  const themes = group.map((c) => c.theme);
  const to = (language && '/' + language) + (sample ? await samples[kind].reach(http) : path).replace(/^https?:\/\/[^/]*/, '').replace(/\/$/, '');
  await page.emulateMedia({ colorScheme: themes[0], reducedMotion: 'reduce' });
  const answer = await page.goto(site.base + (to || '/'));
  const same = without.length > 0 && without.every((x) => themes.includes(x)) && (await sameWithoutScript(page));
  await test.step(`${to} ${themes}`, async () => {
    expect.soft(answer.status(), to).toBe(200);
    const found = { reflow: await checks.reflow(page), language: await checks.language(page, language) };
    const violations = [];
    for (const [i, theme] of themes.entries()) {
      if (i > 0) await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      const r = await checks.axe(page, { colours: i > 0 });
      violations.push(...r.violations.map((v) => ({ ...v, theme })));
      note({ axe: r.engine.version });
    }
    if (group.some((c) => c.thorough)) {
      found.focus = await checks.focus(page);
      found.spacing = await checks.spacing(page);
      found.forced = await checks.forced(page);
    }
    record(page, { kind, language, role, themes, script, violations, checks: found });
    if (same) record(page, { kind, language, role, themes: without, script: false, violations: violations.filter((v) => without.includes(v.theme)), checks: {} });
    expect.soft(inWords(complete ? [] : unknown(kind, violations)), `axe on ${to}`).toEqual([]);
    for (const [check, faults] of Object.entries(found)) expect.soft(complete ? [] : faults, `${check} on ${to}`).toEqual([]);
  });
  return same;
}

test('no page of the site map is forgotten', async () => {
  const { cases } = await planned();
  const seen = new Set(cases.map((c) => c.kind.split('?')[0]));
  const results = JSON.parse(readFileSync(new URL('../internal/accessibility/results.json', import.meta.url), 'utf8'));
  const excused = new Set(results.routes.filter((r) => r.reason || r.stories).map((r) => `${r.method} ${r.path}`));
  const missed = routes().filter((r) => r.method === 'GET' && !seen.has(r.path) && !excused.has(`GET ${r.path}`));
  expect(complete ? [] : missed.map((r) => r.path), 'no link leads to these, and the walk has no sample of them').toEqual([]);
});
