// Step 3: somebody who has never seen the program logs in, uploads the signed document, corrects what was misread, joins the others'
// promises and adopts.
import { writeFile } from 'node:fs/promises';
import { accessible, expect, installation, narrow, people, test, writeCode } from './support/stories.mjs';

for (const script of [true, false]) {
  test.describe(script ? 'with JavaScript' : 'without JavaScript', { tag: script ? [] : '@without_script' }, () => {
    test.use({ javaScriptEnabled: script });
    const site = installation();

    test('from a paper to eight public promises', async ({ page }, info) => {
      const checked = async () => {
        if (!script) return;
        await accessible(page);
        await narrow(page);
      };
      await page.goto(site.base);
      await page.getByRole('link', { name: 'Logga in' }).click();
      await checked();
      await page.getByLabel('E-post').fill('maria.sand@vastrasjolandet.example');
      await page.getByRole('button', { name: 'Skicka en kod' }).click();
      await checked();
      await writeCode(page);
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Maria');
      await checked();

      await page.locator('summary', { hasText: people.maria }).click();
      await page.getByRole('link', { name: 'Läs in', exact: false }).first().click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Läs in ett undertecknat dokument');
      await checked();
      const link = page.getByRole('link', { name: 'atagande-vastra-sjolandet.docx' });
      const file = info.outputPath('åtagande.docx');
      await writeFile(file, await (await page.request.get(site.base + (await link.getAttribute('href')))).body());

      await page.getByLabel('Dokumentet', { exact: true }).setInputFiles(file);
      await page.getByRole('button', { name: 'Läs dokumentet' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Stämmer det här?');
      await expect(page.getByText('8 löften och')).toBeVisible();
      await expect(page.getByText('Det här förstod vi inte').first()).toBeAttached();
      await checked();

      // A short title is bettered, what does not belong in the plan is left out, and a misread name is put right.
      await page.getByLabel('Kort rubrik').fill('Fyra öppna kunskapsträffar om året');
      await page.getByRole('button', { name: 'Det stämmer' }).click();
      const paper = page.url().replace(/[?#].*/, '');
      await expect(page.getByRole('article', { name: /Löfte 1/ })).toContainText('Stämmer');
      const activity = page.getByRole('article', { name: /Deltagarforum i Hallsnäs/ });
      await activity.getByRole('link', { name: /Titta och ändra/ }).click();
      await page.getByLabel('Aktivitet', { exact: true }).fill('Deltagarforum i Hallsnäs');
      await activity.getByRole('button', { name: 'Det stämmer' }).click();
      await expect(page.getByRole('article', { name: /A\d+ Deltagarforum i Hallsnäs Visa/ })).toBeVisible();
      const letter = page.getByRole('article', { name: /Nyhetsbrev om löftena/ });
      await letter.getByRole('link', { name: /Titta och ändra/ }).click();
      await letter.getByRole('button', { name: 'Ta inte med' }).click();
      await page.goto(paper + '?post=D');
      await checked();
      await page.getByRole('button', { name: 'Allt annat stämmer' }).click();

      // The program has seen that two others have promised the same.
      await expect(page).toHaveURL(/forena/);
      await expect(page.getByRole('main')).toContainText('Gemensam deklaration för en levande demokrati');
      await checked();
      await page.getByRole('button', { name: 'Ha dem gemensamt' }).click();
      await expect(page.getByText('8 med andra förbund')).toBeVisible();
      await checked();
      await page.getByRole('button', { name: /^Anta/ }).click();
      await expect(page.getByRole('main')).toContainText(/Fyra öppna kunskapsträffar|Sprida kunskap/);
      await checked();

      await page.goto(site.base + '/deklarationer/gemensam-deklaration-for-en-levande-demokrati');
      await expect(page.getByRole('columnheader', { name: 'Västra Sjölandet' })).toBeVisible();
      await expect(page.getByRole('row')).toHaveCount(9);
      await page.goto(site.base + '/vastra-sjolandet');
      await expect(page.getByRole('listitem').filter({ hasText: 'Inte påbörjat' }).first()).toBeVisible();
    });
  });
}

test.describe('what cannot be read', () => {
  const site = installation();

  test('a file that is no document is refused with a way out, and nothing is kept', async ({ page }, info) => {
    const { logIn } = await import('./support/stories.mjs');
    await logIn(page, site, people.maria);
    await page.goto(site.base + '/vastra-sjolandet/las-in');
    const file = info.outputPath('bild.docx');
    await writeFile(file, Buffer.from('inte ett dokument'));
    await page.getByLabel('Dokumentet', { exact: true }).setInputFiles(file);
    await page.getByRole('button', { name: 'Läs dokumentet' }).click();
    await expect(page).toHaveTitle(/^Fel/);
    await expect(page.getByRole('alert').or(page.locator('.ds-error-summary'))).toBeVisible();
    await accessible(page);
    await page.goto(site.base + '/vastra-sjolandet/las-in');
    await expect(page.getByText('bild.docx')).toHaveCount(0);
  });
});
