// Makes one result of what the tests recorded: results/accessibility.json. The complete one is committed, and the statement of every
// installation is made from it (internal/accessibility).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { widths } from './checks.mjs';
import { languages } from './plan.mjs';
import { binary } from './program.mjs';
import { onward, told } from './samples.mjs';
import { routes } from './sitemap.mjs';

const tag = (language) => ({ '': 'sv', lattlast: 'sv-simple', en: 'en' })[language];
const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim();
const files = /\.(csv|xlsx|json|ics|atom|xml|png|pdf|tlog-proof)$|\/(underlag|underskrifter|dokument)\/\{[a-z]+\}$|^\/exempel\/|^\/min-kalender\//;

// criteria are the success criteria that our own checks and stories bear on.
const criteria = {
  reflow: ['1.4.10'],
  spacing: ['1.4.12'],
  focus: ['2.4.7'],
  forced: ['1.4.1'],
  language: ['3.1.1'],
  links: [],
  forms: ['3.3.1'],
  keyboard: ['2.1.1', '2.1.2', '2.4.3'],
  motion: [],
  paper: [],
  without_script: [],
};

// stories are tests that prove one of the checks by themselves, by the tag of their title.
const stories = ['keyboard', 'forced', 'motion', 'paper', 'without_script'];

export default class {
  recorded = [];
  told = []; // { check, passed, title }
  failed = [];
  started = new Date();

  onTestEnd(test, result) {
    for (const a of result.attachments) if (a.name === 'accessibility') this.recorded.push(...JSON.parse(a.body.toString()));
    for (const s of stories) if (test.tags.includes('@' + s)) this.told.push({ check: s, passed: result.status === 'passed', title: test.titlePath().slice(3).join(': ') });
    if (result.status !== 'passed') this.failed.push(test.titlePath().slice(2).join(': '));
  }

  onEnd() {
    if (this.recorded.length === 0) return;
    const dir = new URL('../results/', import.meta.url);
    mkdirSync(dir, { recursive: true });
    writeFileSync(new URL('accessibility.json', dir), JSON.stringify(this.result(), null, 1) + '\n');
  }

  printsErrors = () => false;

  result() {
    const rules = this.recorded.find((r) => r.rules);
    const pages = this.recorded.filter((r) => r.kind);
    const walked = pages.filter((r) => r.role);
    const distinct = (list, of) => [...new Set(list.flatMap(of))].sort();
    const ways = (list) => ({
      roles: distinct(list, (r) => r.role ?? []),
      languages: distinct(list, (r) => tag(r.language)),
      themes: distinct(list, (r) => r.themes),
      script: distinct(list, (r) => (r.script ? 'with' : 'without')),
    });
    const violations = {};
    for (const p of pages) {
      for (const v of p.violations) {
        const x = (violations[`${v.id} ${p.kind}`] ??= { rule: v.id, criteria: v.criteria, impact: v.impact, help: v.help, kind: p.kind, seen: [], example: v.nodes[0]?.html });
        x.seen.push({ ...p, themes: [v.theme] });
      }
    }
    const checks = {};
    const check = (id) => (checks[id] ??= { id, criteria: criteria[id], pages: 0, faults: [] });
    for (const p of pages) {
      for (const [id, faults] of Object.entries(p.checks)) {
        const c = check(id);
        c.pages++;
        for (const f of faults) c.faults.push({ kind: p.kind, role: p.role ?? '', language: tag(p.language), text: f });
      }
    }
    for (const r of this.recorded.filter((r) => r.check)) {
      const c = check(r.check);
      c.pages += r.pages;
      for (const f of r.faults) c.faults.push({ kind: '', role: '', language: '', text: f });
    }
    for (const s of this.told) {
      const c = check(s.check);
      (c.stories ??= []).push(s.title);
      if (!s.passed) c.faults.push({ kind: '', role: '', language: '', text: s.title });
    }
    for (const c of Object.values(checks)) {
      const seen = new Set();
      c.faults = c.faults.filter((f) => !seen.has(f.kind + f.text) && seen.add(f.kind + f.text));
      c.stories?.sort();
    }
    return {
      complete: process.env.SAMKLANG_ACCESSIBILITY === 'complete',
      started: this.started.toISOString(),
      finished: new Date().toISOString(),
      program: run(binary, '--version'),
      commit: run('git', 'rev-parse', 'HEAD'),
      browser: 'Chromium ' + (rules?.chromium ?? '?'),
      axe: this.recorded.find((r) => r.axe)?.axe ?? '',
      playwright: JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@playwright/test/package.json'), 'utf8')).version,
      ...ways(walked),
      widths: [...widths, 1280],
      looks: walked.reduce((n, r) => n + r.themes.length, 0),
      rules: rules?.rules ?? [],
      routes: routes()
        .filter((r) => r.method === 'GET')
        .map((r) => this.route(r, pages.filter((p) => p.kind.split('?')[0] === r.path), ways)),
      forms: this.forms(),
      checks: Object.values(checks).sort((a, b) => a.id.localeCompare(b.id)),
      violations: Object.values(violations)
        .map(({ seen, ...v }) => ({ ...v, ...ways(seen), pages: seen.length }))
        .sort((a, b) => (a.rule + a.kind).localeCompare(b.rule + b.kind)),
      failed: this.failed.sort(),
    };
  }

  // route tells how a page was looked at, or why it was not.
  route(r, pages, ways) {
    const walked = pages.filter((p) => p.role);
    const x = { method: r.method, path: r.path, looks: walked.reduce((n, p) => n + p.themes.length, 0), ...ways(walked) };
    if (pages.length > walked.length) x.stories = true;
    if (pages.length === 0) x.reason = files.test(r.path) ? 'file' : onward.includes(r.path) ? 'onward' : told[r.path] ? 'story' : 'unreached';
    return x;
  }

  // forms tells which forms were sent as they stand, and which were not met.
  forms() {
    const sent = new Map(this.recorded.filter((r) => r.form).map((r) => [r.form, r]));
    return routes()
      .filter((r) => r.method === 'POST')
      .map((r) => ({ method: r.method, path: r.path, sent: sent.has(r.path) }));
  }
}
