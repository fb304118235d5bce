// What the stories have in common: an installation of their own, somebody who is logged in, and the checks every page must pass.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect } from '@playwright/test';
import { cp, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { mailServer } from './mailserver.mjs';
import { start } from './program.mjs';

export { expect };

export const people = {
  karin: 'Karin Lind', // head of Älvkusten
  tyra: 'Tyra Ek', // office of Älvkusten
  eva: 'Eva Björk', // activity owner at Tallviken
  gunilla: 'Gunilla Ström', // board of Älvkusten
  bo: 'Bo Sundin', // auditor of all three
  arne: 'Arne Lund', // head of Skogsbygden, alone in the office
  maria: 'Maria Sand', // head of Västra Sjölandet, which has not read its document in
  olle: 'Olle Berg', // administrator of the installation
};

// installation gives the stories of a file their own copy of the example. With a mail server of its own its mail leaves the program as
// mail does, and takes more settings; empty has nothing in it but what its stories make.
export function installation({ mail = false, empty = false, settings = async () => [] } = {}) {
  const site = { base: '', mails: undefined, printed: () => program.printed() };
  let program;
  test.beforeAll(async () => {
    const data = join(await mkdtemp(join(process.env.SAMKLANG_E2E, 'run-')), 'data');
    if (!empty) await cp(join(process.env.SAMKLANG_E2E, 'template'), data, { recursive: true });
    if (mail) {
      site.mails = await mailServer();
      const smtp = ['--smtp-host', '127.0.0.1', '--smtp-port', String(site.mails.port), '--smtp-security', 'none', '--mail-from', 'samklang@drift.example'];
      program = await start(data, 'serve', [...smtp, ...(mail === true ? [] : ['--external', mail]), ...(await settings())]);
    } else program = await start(data);
    site.base = program.base;
  });
  test.afterAll(async () => {
    await program?.stop();
    await site.mails?.stop();
    const faults = program?.log().match(/level=(ERROR|WARN).*/g) ?? [];
    expect(faults, 'the program logged faults').toEqual([]);
  });
  return site;
}

// test adds to Playwright's: no page may log an error or ask another host for anything.
export const test = base.extend({
  page: async ({ page }, use) => {
    const faults = [];
    page.on('pageerror', (e) => faults.push(`${page.url()}: ${e.message}`));
    page.on('console', (m) => {
      if (m.type() === 'error' && !/status of (4\d\d)/.test(m.text())) faults.push(`${page.url()}: ${m.text()}`);
    });
    page.on('request', (r) => {
      const at = new URL(r.url());
      if (at.protocol.startsWith('http') && at.hostname !== '127.0.0.1' && at.hostname !== 'localhost') faults.push(`asked ${at.host}`);
    });
    await use(page);
    expect(faults, 'faults in the browser').toEqual([]);
  },
});

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const readable = (violations) =>
  violations.map((v) => `${v.id}: ${v.help}\n` + v.nodes.slice(0, 4).map((n) => `  ${n.target}\n  ${n.html.slice(0, 200)}\n  ${n.failureSummary?.split('\n').slice(1, 3).join(' ')}`).join('\n'));

// accessible checks the page with axe: everything in light, and what differs by colour once more in dark, unless another page has the
// same colours.
export async function accessible(page, { dark: inDark = true } = {}) {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const light = await new AxeBuilder({ page }).withTags(rules).analyze();
  expect.soft(readable(light.violations), `axe in light on ${page.url()}`).toEqual([]);
  if (!inDark) return;
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  const dark = await new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']).analyze();
  expect.soft(readable(dark.violations), `axe in dark on ${page.url()}`).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

// narrow checks that nothing has to be scrolled sideways on a small phone.
export async function narrow(page) {
  const before = page.viewportSize();
  for (const width of [320, 360]) {
    await page.setViewportSize({ width, height: 740 });
    const wide = await page.evaluate(() => {
      const most = document.documentElement.clientWidth;
      if (document.scrollingElement.scrollWidth <= most) return [];
      return [...document.querySelectorAll('body *')]
        .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > most + 1)
        .filter((e) => {
          for (let up = e.parentElement; up; up = up.parentElement) if (getComputedStyle(up).overflowX !== 'visible') return false; // scrolls by itself
          return true;
        })
        .slice(0, 5)
        .map((e) => e.outerHTML.slice(0, 120));
    });
    expect.soft(wide, `${page.url()} scrolls sideways at ${width} px`).toEqual([]);
  }
  await page.setViewportSize(before);
}

// logIn logs somebody in as a newcomer does: choose a person, read the code on the screen, write it.
export async function logIn(page, site, name) {
  await page.goto(site.base + '/logga-in');
  await page.getByRole('button', { name: new RegExp(`Logga in som.*${name}`) }).click();
  await writeCode(page);
  await expect(page.getByText(`Meny för ${name}`)).toBeAttached();
}

// arrived waits for the newest mail to an address that fits, when the program sends its mail away.
export async function arrived(site, address, fits = () => true) {
  let mail;
  await expect(() => {
    mail = site.mails.to(address).filter(fits).at(-1);
    expect(mail, `a mail to ${address}`).toBeTruthy();
  }).toPass({ timeout: 20_000, intervals: [100] });
  return mail;
}

// logInByMail logs somebody in with the code that came by mail.
export async function logInByMail(page, site, address) {
  const before = site.mails.to(address).length;
  await page.goto(site.base + '/logga-in');
  await page.getByLabel('E-post').fill(address);
  await page.getByRole('button', { name: 'Skicka en kod' }).click();
  const mail = await arrived(site, address, (m) => site.mails.to(address).indexOf(m) >= before);
  await page.getByLabel('Kod', { exact: true }).fill(mail.text.match(/^([0-9A-Z]{4}-[0-9A-Z]{4})\r?$/m)[1]);
  await page.getByRole('main').getByRole('button', { name: 'Logga in' }).click();
}

// writeCode writes the code that the example installation shows on the page.
export async function writeCode(page) {
  const code = await page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/).innerText();
  await page.getByLabel('Kod', { exact: true }).fill(code);
  await page.getByRole('main').getByRole('button', { name: 'Logga in' }).click();
}

// choose clicks the words beside a box or a button of a choice; they lie over it, so that the target is large.
export async function choose(page, words) {
  await page.locator('label', { hasText: words }).first().click();
}
