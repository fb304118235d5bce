// The plan goes out as a table, is changed in a spreadsheet and comes back: first as a list of what would change, then for good.
import { writeFile } from 'node:fs/promises';
import { accessible, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

const site = installation();

test('out, changed, looked at, and in', async ({ page }, info) => {
  const checked = async () => {
    await accessible(page);
    await narrow(page);
  };
  await logIn(page, site, people.karin);
  await page.goto(site.base + '/alvkusten/plan');
  await page.getByRole('link', { name: 'Läs in en tabell' }).click();
  await checked();
  const table = async (name) => {
    const answer = await page.request.get(site.base + (await page.getByRole('link', { name }).getAttribute('href')));
    expect(answer.status()).toBe(200);
    return answer;
  };

  // An Excel file that nobody has changed changes nothing.
  const excel = info.outputPath('plan.xlsx');
  await writeFile(excel, await (await table('Planen som Excel')).body());
  await page.getByLabel('Tabellen').setInputFiles(excel);
  await page.getByRole('button', { name: 'Visa vad som skulle ändras' }).click();
  await expect(page.getByRole('main')).toContainText('Filen ändrar ingenting i planen.');
  await expect(page.getByRole('button', { name: 'Genomför' })).toHaveCount(0);
  await checked();
  await page.getByRole('button', { name: 'Släng filen' }).click();

  await page.goto(site.base + '/alvkusten/plan');
  await page.getByRole('link', { name: 'Läs in en tabell' }).click();
  const text = await (await table('Planen som CSV')).text();
  expect(text).toContain('En grund i taget: ålder;');
  const columns = text.slice(1, text.indexOf('\n')).trim().split(';');
  const row = columns.map((c) => ({ Titel: 'Frukost om funktionsrätt', Slag: 'möte', Form: 'extern', När: `3 juni ${new Date().getFullYear() + 1}` })[c] ?? '');
  const file = info.outputPath('plan.csv');
  await writeFile(file, text.replace('En grund i taget: ålder;', 'En grund i taget: ålder på jobbet;').trimEnd() + '\r\n' + row.join(';') + '\r\n' + ';;;hej;;\r\n');
  await page.getByLabel('Tabellen').setInputFiles(file);
  await page.getByRole('button', { name: 'Visa vad som skulle ändras' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('En ny aktivitet och en ändrad');
  await expect(page.getByRole('region', { name: 'En aktivitet ändras' })).toContainText('En grund i taget: ålder på jobbet');
  await expect(page.getByRole('region', { name: 'En ny aktivitet' })).toContainText('Frukost om funktionsrätt');
  await expect(page.getByRole('region', { name: 'En rad med fel' })).toBeVisible();
  await checked();

  // Nothing is saved before she says so.
  const list = page.url();
  await page.goto(site.base + '/alvkusten/plan');
  await expect(page.getByRole('link', { name: 'En grund i taget: ålder', exact: true })).toBeVisible();
  await page.goto(list);
  await page.getByRole('button', { name: 'Genomför' }).click();
  await expect(page.locator('.flash')).toBeVisible();
  await page.goto(site.base + '/alvkusten/plan');
  await expect(page.getByRole('link', { name: 'En grund i taget: ålder på jobbet' })).toBeVisible();
  await page.goto(`${site.base}/alvkusten/plan?ar=${new Date().getFullYear() + 1}`);
  await expect(page.getByRole('link', { name: 'Frukost om funktionsrätt' })).toBeVisible();
});
