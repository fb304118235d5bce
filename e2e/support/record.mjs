// What the tests found on pages, for the result that the statement is made from. The page fixture hands it to the reporter.
import { readFileSync } from 'node:fs';
import { kindOf, prefixOf } from './sitemap.mjs';

let list = [];

// record notes what was checked on the page that is shown: who looked, in which ways, and what was wrong.
export function record(page, entry) {
  const url = new URL(page.url());
  list.push({ kind: kindOf(url), language: prefixOf(url), ...entry });
}

// note adds what concerns no one page.
export const note = (entry) => list.push(entry);

// taken gives what was recorded since the last time.
export function taken() {
  const all = list;
  list = [];
  return all;
}

// inWords is a violation for whoever mends it.
export const inWords = (violations) =>
  violations.map((v) => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map((n) => `  ${n.target}\n  ${n.html}\n  ${n.summary?.split('\n').slice(1, 3).join(' ')}`).join('\n'));

let told;

// unknown are the violations that the committed result does not tell of. Those it does are in the statement that visitors read; they do not
// fail every test run until they are mended.
export function unknown(kind, violations) {
  told ??= new Set(JSON.parse(readFileSync(new URL('../../internal/accessibility/results.json', import.meta.url), 'utf8')).violations.map((v) => `${v.rule} ${v.kind}`));
  return violations.filter((v) => !told.has(`${v.id} ${kind}`));
}
