// Takes the four pictures of the README anew, from the example installation: node e2e/pictures.mjs, after make build.
import { chromium } from '@playwright/test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from './support/program.mjs';

const to = (name) => fileURLToPath(new URL(`../docs/pictures/${name}.png`, import.meta.url));
const dir = await mkdtemp(join(tmpdir(), 'samklang-pictures-'));
const program = await start(join(dir, 'data'));
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });

async function visitor() {
  const context = await browser.newContext({ locale: 'sv-SE', timezoneId: 'Europe/Stockholm', viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  return context.newPage();
}

async function person(name) {
  const page = await visitor();
  await page.goto(program.base + '/logga-in');
  await page.getByRole('button', { name: new RegExp(`Logga in som.*${name}`) }).click();
  const code = await page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/).innerText();
  await page.getByLabel('Kod', { exact: true }).fill(code);
  await page.getByRole('main').getByRole('button', { name: 'Logga in' }).click();
  await page.getByText(`Meny för ${name}`).waitFor({ state: 'attached' });
  return page;
}

const account = await visitor();
await account.goto(program.base + '/alvkusten');
await account.screenshot({ path: to('account') });

const karin = await person('Karin Lind');
await karin.goto(program.base + '/alvkusten/skrivbord');
await karin.screenshot({ path: to('desk') });
await karin.goto(program.base + '/alvkusten/plan');
await karin.screenshot({ path: to('plan') });

const maria = await person('Maria Sand');
await maria.goto(program.base + '/vastra-sjolandet/las-in');
const paper = await maria.getByRole('link', { name: 'atagande-vastra-sjolandet.docx' }).getAttribute('href');
const file = join(dir, 'atagande.docx');
await writeFile(file, await (await maria.request.get(new URL(paper, program.base).href)).body());
await maria.getByLabel('Dokumentet', { exact: true }).setInputFiles(file);
await maria.getByRole('button', { name: 'Läs dokumentet' }).click();
await maria.getByRole('heading', { name: 'Stämmer det här?' }).waitFor();
await maria.getByRole('article', { name: /Gemensam utbildningsdag/ }).getByRole('link', { name: /Titta och ändra/ }).click();
await maria.getByLabel('Aktivitet', { exact: true }).waitFor();
await maria.screenshot({ path: to('review') });

await browser.close();
await program.stop();
await rm(dir, { recursive: true, force: true });
