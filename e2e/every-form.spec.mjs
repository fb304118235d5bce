// Every form that somebody meets is sent as it stands, without any script: it answers with a page, and what is wrong with it is said on one
// that everybody can use.
import * as checks from './support/checks.mjs';
import { inWords, note, record, unknown } from './support/record.mjs';
import { HTTP, formsOf, found, kindOf, routeOf } from './support/sitemap.mjs';
import { expect, installation, test } from './support/stories.mjs';
import { walkers } from './support/walkers.mjs';

const complete = process.env.SAMKLANG_ACCESSIBILITY === 'complete';
const site = installation();

// What a form may answer: on to another page, itself with what is wrong, that somebody was first, or that it was tried too often.
const answers = [200, 303, 409, 422, 429];

for (const w of walkers.filter((w) => ['visitor', 'karin', 'maria', 'daniel', 'olle'].includes(w.who))) {
  test(`${w.who} (${w.role})`, async ({ page }) => {
    test.setTimeout(300_000);
    const http = new HTTP(site.base);
    if (w.email) await http.logIn(w.email);
    const faults = [];
    const sent = new Set();
    const last = [];
    const send = async (path, i, form) => {
      const route = routeOf(new URL(form.action, site.base), 'POST');
      const now = await http.ask(path);
      if (now.status !== 200) return; // what stood there is gone by what was sent before
      const fresh = formsOf(await now.text())[i];
      if (fresh?.action !== form.action) return;
      const answer = await http.ask(form.action, form.files ? multipart(fresh.fields) : fresh.fields);
      note({ form: route.path });
      if (!answers.includes(answer.status)) faults.push(`${form.action} on ${path}: ${answer.status}`);
      if (answer.status === 422) await look(page, w, form.action, await answer.text());
    };
    const { pages } = await found(http, [w.from], 2);
    for (const [kind, paths] of Object.entries(pages)) {
      for (const path of paths) {
        const forms = formsOf(await (await http.ask(path)).text());
        for (const [i, form] of forms.entries()) {
          const route = routeOf(new URL(form.action, site.base), 'POST');
          if (!route) {
            faults.push(`${path} sends to ${form.action}, which takes no form`);
            continue;
          }
          const sort = `${kind} ${route.path}`;
          if (sent.has(sort) || sent.has(form.action)) continue;
          sent.add(sort);
          if (route.path === '/logga-ut') {
            sent.add(form.action); // it stands on every page, and ends the walk
            last.push([path, i, form]);
          } else await send(path, i, form);
        }
      }
    }
    for (const x of last) await send(...x);
    note({ check: 'forms', pages: sent.size, faults: faults.map((f) => `${w.role}: ${f}`) });
    expect(complete ? [] : faults).toEqual([]);
  });
}

function multipart(fields) {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

// look shows a form's answer in the browser and checks it.
async function look(page, w, action, body) {
  const url = site.base + action;
  await page.route(url, (r) => r.fulfill({ contentType: 'text/html; charset=utf-8', body }));
  await page.goto(url);
  await page.unroute(url);
  const kind = kindOf(new URL(url)) ?? routeOf(new URL(url), 'POST').path;
  const { violations } = await checks.axe(page);
  record(page, { kind, role: w.role, themes: ['light'], script: true, violations: violations.map((v) => ({ ...v, theme: 'light' })), checks: { reflow: await checks.reflow(page) } });
  expect.soft(inWords(complete ? [] : unknown(kind, violations)), `axe on the answer of ${action}`).toEqual([]);
}
