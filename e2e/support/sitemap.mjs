// The program's own site map, and who gets where in it by links alone: read over HTTP, as a browser without any script does.
import { execFileSync } from 'node:child_process';
import { binary } from './program.mjs';

const associations = ['alvkusten', 'skogsbygden', 'vastra-sjolandet'];
const perRoute = 4; // examples of each kind of page that are followed further

let known;

// routes lists every page and form of the program: { method, path: "/{association}/plan/{activity}", allow }.
export function routes() {
  known ??= JSON.parse(execFileSync(binary, ['routes'], { encoding: 'utf8' }));
  return known;
}

const segments = (path) => path.split('/').filter(Boolean);

// routeOf finds the route that answers an address of the site; undefined when it is none of ours. What stands literally goes before what
// stands for anything, as in the program.
export function routeOf(url, method = 'GET') {
  const at = segments(decodeURIComponent(url.pathname));
  if (at[0] === 'en' || at[0] === 'lattlast') at.shift();
  let best;
  let literal = -1;
  for (const r of routes()) {
    if (r.method !== method) continue;
    const want = segments(r.path);
    if (want.length !== at.length) continue;
    const fits = want.every((s, i) => s === at[i] || (i === 0 && s === '{association}' ? associations.includes(at[i]) : s.startsWith('{')));
    const n = want.filter((s) => !s.startsWith('{')).length + (want[0] === '{association}' ? 0.5 : 0);
    if (fits && n > literal) [best, literal] = [r, n];
  }
  return best;
}

// kindOf is a route with the view that was asked for: pages of one kind differ only by whom or what they show.
export function kindOf(url) {
  const route = routeOf(url);
  return route && route.path + (url.searchParams.has('vy') ? '?vy=' + url.searchParams.get('vy') : '');
}

// prefixOf is the language an address is in: '', 'en' or 'lattlast'.
export const prefixOf = (url) => url.pathname.match(/^\/(en|lattlast)(?=\/|$)/)?.[1] ?? '';

const text = (s) => s.replaceAll('&amp;', '&').replaceAll('&#34;', '"').replaceAll('&#39;', "'");
const hrefs = (html) => [...html.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)].map((m) => text(m[1]));
const attribute = (tag, name) => text(tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1] ?? '');

// formsOf gives the forms of a page that change something, with what a browser would send if nobody filled anything in.
export function formsOf(html) {
  return [...html.matchAll(/<form\b([^>]*method="post"[^>]*)>(.*?)<\/form>/gs)].map(([, tag, inner]) => {
    const fields = [];
    for (const [, input] of inner.matchAll(/<input\b([^>]*)>/g)) {
      const [name, type] = [attribute(input, 'name'), attribute(input, 'type')];
      if (name === '' || type === 'file' || (/^(radio|checkbox)$/.test(type) && !/\schecked/.test(input))) continue;
      fields.push([name, attribute(input, 'value')]);
    }
    for (const [, area, value] of inner.matchAll(/<textarea\b([^>]*)>(.*?)<\/textarea>/gs)) fields.push([attribute(area, 'name'), text(value)]);
    for (const [, select, options] of inner.matchAll(/<select\b([^>]*)>(.*?)<\/select>/gs)) {
      const on = options.match(/<option\b([^>]*\sselected[^>]*)>/) ?? options.match(/<option\b([^>]*)>/);
      fields.push([attribute(select, 'name'), on ? attribute(on[1], 'value') : '']);
    }
    const button = inner.match(/<button\b([^>]*\sname="[^>]*)>/);
    if (button) fields.push([attribute(button[1], 'name'), attribute(button[1], 'value')]);
    return { action: attribute(tag, 'action'), files: /multipart/.test(tag), fields };
  });
}

const notPages = /^\/(assets|exempel|log)\//; // files of the program, documents to try with, and the public log for programs

// HTTP is somebody who asks for pages without a browser; cookie is her session.
export class HTTP {
  constructor(base) {
    this.base = base;
    this.cookies = {};
  }

  async ask(path, form) {
    const answer = await fetch(new URL(path, this.base), {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join('; '), ...(form && !(form instanceof FormData) && { 'content-type': 'application/x-www-form-urlencoded' }) },
      body: form instanceof FormData ? form : form && new URLSearchParams(form).toString(),
    });
    for (const c of answer.headers.getSetCookie()) {
      const [, name, value] = c.match(/^([^=]+)=([^;]*)/);
      this.cookies[name] = value;
    }
    return answer;
  }

  // logIn logs somebody in with the code that the example installation shows on the page.
  async logIn(email) {
    const to = (await this.ask('/logga-in', { email })).headers.get('location');
    const code = (await (await this.ask(to)).text()).match(/>([0-9A-Z]{4}-[0-9A-Z]{4})</)[1];
    const answer = await this.ask(to, { code });
    if (answer.status !== 303) throw new Error(`${email} was not let in: ${answer.status}`);
    return this;
  }
}

// found follows every link from where somebody starts, in Swedish, and gives the addresses of each kind of page: { kind: [address, …] }.
// Whatever does not answer as it should stands in faults.
export async function found(http, from, limit = 8) {
  const pages = {};
  const faults = [];
  const seen = new Set();
  const queue = [];
  const add = (address, on) => {
    const url = new URL(address, http.base);
    if (url.origin !== new URL(http.base).origin || prefixOf(url) !== '' || notPages.test(url.pathname)) return;
    url.hash = '';
    const kind = kindOf(url);
    const path = url.pathname + url.search;
    if (!kind) {
      if (!seen.has(path)) faults.push(`${on} leads to ${path}, which is no page of the program`);
      seen.add(path);
      return;
    }
    if (seen.has(path)) return;
    seen.add(path);
    queue.push({ kind, path, on });
  };
  for (const f of from) add(f, 'the start');
  const asked = {};
  while (queue.length > 0) {
    const { kind, path, on } = queue.shift();
    asked[kind] = (asked[kind] ?? 0) + 1;
    if (asked[kind] > limit) continue;
    const answer = await http.ask(path);
    const body = await answer.text();
    if (answer.status >= 300 && answer.status < 400) {
      add(new URL(answer.headers.get('location'), http.base).href, path);
      continue;
    }
    if (answer.status !== 200) {
      faults.push(`${on} leads to ${path}: ${answer.status}`);
      continue;
    }
    if (!answer.headers.get('content-type')?.startsWith('text/html') || answer.headers.get('content-disposition')) continue;
    (pages[kind] ??= []).push(path);
    if (pages[kind].length <= perRoute) for (const h of hrefs(body)) if (!/^(mailto|tel|https?:\/\/(?!localhost|127))/.test(h)) add(new URL(h, new URL(path, http.base)).href, path);
  }
  return { pages, faults };
}
