// What the stories have in common: an installation of their own, somebody who is logged in, and the checks every page must pass.
import { test as base, expect } from '@playwright/test';
import { cp, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import * as checks from './checks.mjs';
import { mailServer } from './mailserver.mjs';
import { start } from './program.mjs';
import { inWords, record, taken } from './record.mjs';

export { expect };

export const people = {
  karin: 'Karin Lind', // head of Älvkusten
  tyra: 'Tyra Ek', // office of Älvkusten
  eva: 'Eva Björk', // activity owner at Tallviken
  gunilla: 'Gunilla Ström', // board of Älvkusten
  bo: 'Bo Sundin', // auditor of all three
  arne: 'Arne Lund', // head of Skogsbygden, alone in the office
  maria: 'Maria Sand', // head of Västra Sjölandet, which has not read its document in
  linnea: 'Linnea Holm', // staff of two initiatives, employed by Älvsele
  daniel: 'Daniel Frisk', // answers for them there
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
  recorded: [
    async ({}, use, info) => {
      taken();
      await use();
      const recorded = taken();
      if (recorded.length > 0) await info.attach('accessibility', { body: JSON.stringify(recorded), contentType: 'application/json' });
    },
    { auto: true },
  ],
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

// accessible checks the page with axe: everything in light, and what differs by colour once more in dark.
export async function accessible(page) {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const light = await checks.axe(page);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  const dark = await checks.axe(page, { colours: true });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const violations = [...light.violations.map((v) => ({ ...v, theme: 'light' })), ...dark.violations.map((v) => ({ ...v, theme: 'dark' }))];
  record(page, { story: true, themes: ['light', 'dark'], script: true, violations, checks: {} });
  expect.soft(inWords(violations), `axe on ${page.url()}`).toEqual([]);
}

// narrow checks that nothing has to be scrolled sideways on a small phone.
export async function narrow(page) {
  const faults = await checks.reflow(page);
  record(page, { story: true, themes: [], script: true, violations: [], checks: { reflow: faults } });
  expect.soft(faults, `${page.url()} scrolls sideways`).toEqual([]);
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
