// Questionnaires: questions are written in, answers are read in as sums and looked at first, small groups are never shown, and a table with a row for
// each person is refused.
import { accessible, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

const site = installation();

test('questions and answers are read in, and what is told points nobody out', async ({ page }) => {
  const checked = async () => {
    await accessible(page);
    await narrow(page);
  };
  const main = page.getByRole('main');
  const faults = page.locator('.ds-error-summary');
  await logIn(page, site, people.tyra);

  // From the figures to what was answered, over time. The board is too small; the question that changed says so.
  await page.goto(site.base + '/alvkusten/siffror');
  await page.getByRole('link', { name: 'Enkäter' }).click();
  await checked();
  await page.getByRole('link', { name: 'Inflytande' }).click();
  await expect(main).toContainText('tidigare lydelse');
  await expect(main).toContainText('Min planering är gjord tillsammans med mig.');
  await expect(main).toContainText('tillfrågade svarade');
  await expect(main).toContainText('Etnisk tillhörighet visas inte');
  await page.getByText('Bilderna som tabell, och alla svar').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('table', { name: 'Alla svar, antal' })).toBeVisible();
  await checked();
  await page.goto(site.base + '/alvkusten/enkater');
  await page.getByRole('link', { name: 'Samarbete' }).click();
  await page.getByRole('link', { name: 'Styrelse' }).click();
  await expect(main).toContainText('för få för att visas');
  await expect(main.getByText(/[1-9] av 9/)).toHaveCount(0);
  await checked();

  // What those who answered said stands beside what was counted, with how many they were.
  await page.goto(site.base + '/alvkusten/jamlikhet');
  const said = page.getByRole('region', { name: 'Det de som svarade själva sa' });
  await expect(said).toContainText('Av 100 som sagt ”ja” gav 40 ett bra svar, av 100 som sagt ”nej” 73.');
  await expect(said).toContainText('150 av 204 tillfrågade svarade');
  await expect(said).not.toContainText('etnisk');
  await checked();
  await said.getByRole('link', { name: 'Inflytande, fråga 3: funktionsnedsättning' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Inflytande' })).toBeVisible();

  // A questionnaire of one's own: its questions from a table, one more by hand.
  await page.goto(site.base + '/alvkusten/enkater');
  await page.getByRole('button', { name: 'Lägg till enkäten' }).click();
  await expect(faults).toContainText('Skriv vad enkäten heter');
  await checked();
  await page.getByLabel('Vad heter enkäten?').fill('Efteråt');
  await page.getByRole('button', { name: 'Lägg till enkäten' }).click();
  await checked();
  await page.getByRole('link', { name: 'Läs in frågor från en tabell' }).click();
  await page.getByRole('button', { name: 'Läs in frågorna' }).click();
  await expect(faults).toContainText('Välj en fil eller klistra in en tabell');
  await page.getByLabel('Eller klistra in tabellen').fill('Fråga;Indikator;Lydelse;Bra svar;Andra svar\n1;Trygghet;Jag känner mig trygg här.;Ja;\n');
  await page.getByRole('button', { name: 'Läs in frågorna' }).click();
  await expect(page.getByRole('cell', { name: 'Skriv minst ett bra svar och ett annat' })).toBeVisible();
  await checked();
  await page.getByLabel('Eller klistra in tabellen').fill('Fråga;Indikator;Lydelse;Bra svar;Andra svar;Räknas inte\n1;Trygghet;Jag känner mig trygg här.;Ja | Oftast;Ibland | Nej;Vet inte\n');
  await page.getByRole('button', { name: 'Läs in frågorna' }).click();
  await expect(page.getByRole('link', { name: 'Jag känner mig trygg här.' })).toBeVisible();
  await page.getByRole('link', { name: 'Ny fråga' }).click();
  await page.getByRole('button', { name: 'Spara' }).click();
  await expect(faults).toContainText('Skriv frågans nummer');
  await checked();
  await page.getByLabel('Nummer').fill('2');
  await page.getByLabel('Indikator').fill('Trygghet');
  await page.getByLabel('Frågan').fill('Jag vet vad som händer sedan.');
  await page.getByLabel('Svar 1', { exact: true }).fill('Ja');
  await page.getByLabel('Svar 3').first().fill('Nej');
  await page.getByRole('button', { name: 'Spara' }).click();

  // A round, and how many got it.
  await page.getByText('Ny omgång').click();
  await page.getByLabel('Vad heter omgången?').fill('2026');
  await page.getByRole('textbox', { name: 'Första dagen' }).fill('2026-02-02');
  await page.getByRole('button', { name: 'Lägg till omgången' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Omgång 2026' })).toBeVisible();
  await page.getByRole('button', { name: 'Spara' }).click();
  await expect(faults).toContainText('Skriv minst ett tal');
  await page.getByLabel('Deltagare vid avslut').fill('90');
  await page.getByRole('button', { name: 'Spara' }).click();
  await checked();

  // One row for each person is refused, without saying anything of her back; a wrong word is told by row and column; nothing is kept.
  await page.getByRole('link', { name: 'Läs in svar' }).click();
  const look = async (text) => {
    await page.getByLabel('Eller klistra in tabellen').fill(text);
    await page.getByRole('button', { name: 'Titta först' }).click();
  };
  const head = 'Vem;Fråga;Svar;Kön;Antal\n';
  await look('E-post;Fråga;Svar;Antal\nanna.berg@hemma.example;1;Ja;1\n');
  await expect(page.getByRole('cell', { name: /handla om en person i taget/ })).toBeVisible();
  await checked();
  await look(head + 'Deltagare vid avslut;1;Ja;anna.berg@hemma.example;12\n');
  await expect(page.getByRole('cell', { name: /e-postadress/ })).toBeVisible();
  expect(await page.content()).not.toContain('anna.berg');
  await look(head + 'Deltagare vid avslut;1;Kanske;;12\n');
  const wrong = page.getByRole('row').filter({ hasText: 'Kanske' });
  await expect(wrong).toContainText('2');
  await expect(wrong).toContainText('3');

  // The right one is looked at, read in, and told as far as it may be.
  const right = head + [['Ja', 22, 12], ['Oftast', 8, 7], ['Ibland', 11, 9], ['Nej', 4, 3]].map(([s, k, m]) => `Deltagare vid avslut;1;${s};kvinna;${k}\nDeltagare vid avslut;1;${s};man;${m}\n`).join('');
  await page.getByLabel('Eller klistra in tabellen').fill('');
  await page.getByLabel('Fil, CSV eller Excel').setInputFiles({ name: 'svar.csv', mimeType: 'text/csv', buffer: Buffer.from('\ufeff' + right) });
  await page.getByRole('button', { name: 'Titta först' }).click();
  await expect(page.getByRole('heading', { name: 'Så här blir det' })).toBeVisible();
  await expect(main).toContainText('76');
  await checked();
  await page.getByRole('button', { name: 'Läs in och pröva' }).click();
  await expect(main).toContainText('Svaren är inlästa och prövade.');
  await checked();
  await page.getByRole('link', { name: '1. Jag känner mig trygg här.' }).click();
  await expect(main).toContainText('64 av 100 gav ett bra svar 2026');
  await expect(main).toContainText('76 av 90 tillfrågade svarade (84 procent)');
  await page.getByText('Bilderna som tabell, och alla svar').click();
  await expect(page.getByRole('row', { name: 'Nej' }).last()).toContainText('–');
  await checked();

  // What has been answered is locked: new words need a day.
  await page.getByRole('link', { name: 'Efteråt' }).first().click();
  await page.getByRole('link', { name: 'Jag känner mig trygg här.' }).click();
  await page.getByLabel('Frågan').fill('Jag är trygg här.');
  await page.getByRole('button', { name: 'Spara' }).click();
  await expect(faults).toContainText('Skriv från vilken dag den nya lydelsen gäller');
  await checked();
  await page.getByRole('textbox', { name: 'Den nya lydelsen gäller från och med' }).fill('2026-08-01');
  await page.getByRole('button', { name: 'Spara' }).click();
  await expect(page.getByRole('link', { name: 'Jag är trygg här.' })).toBeVisible();

  // The board reads and reads nothing in.
  const board = await (await page.context().browser().newContext({ locale: 'sv-SE' })).newPage();
  await logIn(board, site, people.gunilla);
  await board.goto(site.base + '/alvkusten/enkater');
  await expect(board.getByRole('button', { name: 'Lägg till enkäten' })).toHaveCount(0);
  await accessible(board);
  expect((await board.goto(page.url().replace(/\?.*/, '') + '/fragor/ny')).status()).toBe(403);
});
