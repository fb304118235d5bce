// With the keyboard alone, and no click: a visitor reads what became of a promise; an office manager reviews; a newcomer reads a signed
// document in and adopts it; a colleague reports what was done.
import { writeFile } from 'node:fs/promises';
import { press, reach } from './support/keys.mjs';
import { expect, installation, test } from './support/stories.mjs';

const site = installation();

async function logInByKeyboard(page, email) {
  await page.goto(site.base + '/logga-in');
  await reach(page, page.getByLabel('E-post'));
  await page.keyboard.type(email);
  await page.keyboard.press('Enter');
  const code = await page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/).innerText();
  await reach(page, page.getByLabel('Kod', { exact: true }));
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Meny för/)).toBeAttached();
}

test('a visitor skips to the content and reads a promise', { tag: '@keyboard' }, async ({ page }) => {
  await page.goto(site.base + '/alvkusten');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Hoppa till innehållet' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await reach(page, page.getByRole('link', { name: 'Säga till när någon missgynnas' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Säga till när någon missgynnas');
  await expect(page.getByText(/Underlag saknas/).first()).toBeVisible();
});

test('an office manager logs in, reviews and logs out', { tag: '@keyboard' }, async ({ page }) => {
  await logInByKeyboard(page, 'karin.lind@alvkusten.example');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Karin');

  await reach(page, page.getByRole('link', { name: /^Granska.*Inkluderingsfika/ }));
  await page.keyboard.press('Enter');
  await reach(page, page.getByLabel('Kommentar'));
  await page.keyboard.type('Fint att det kommer nya.');
  await reach(page, page.getByRole('button', { name: 'Godta' }));
  await page.keyboard.press('Enter');
  await expect(page.locator('.flash')).toBeVisible();
  await page.goto(site.base + '/alvkusten/granska');
  await expect(page.getByRole('link', { name: /Inkluderingsfika/ })).toHaveCount(0);

  await reach(page, page.locator('summary').filter({ hasText: 'Karin Lind' }));
  await page.keyboard.press('Enter');
  await reach(page, page.getByRole('button', { name: 'Logga ut' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Logga in' })).toBeVisible();
});

test('a newcomer reads a signed document in and adopts it', { tag: '@keyboard' }, async ({ page }, info) => {
  await logInByKeyboard(page, 'maria.sand@vastrasjolandet.example');
  await press(page, page.locator('summary').filter({ hasText: 'Maria Sand' }));
  await press(page, page.getByRole('link', { name: 'Läs in', exact: false }).first());
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Läs in ett undertecknat dokument');
  const link = await page.getByRole('link', { name: 'atagande-vastra-sjolandet.docx' }).getAttribute('href');
  const file = info.outputPath('åtagande.docx');
  await writeFile(file, await (await page.request.get(site.base + link)).body());
  // The system's own window for choosing a file is reached by keyboard and out of reach for a test.
  const chooser = page.getByLabel('Dokumentet', { exact: true });
  await reach(page, chooser);
  await chooser.setInputFiles(file);
  await press(page, page.getByRole('button', { name: 'Läs dokumentet' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Stämmer det här?');
  await press(page, page.getByRole('button', { name: 'Allt annat stämmer' }), 400);
  await expect(page).toHaveURL(/forena/);
  await press(page, page.getByRole('button', { name: 'Ha dem gemensamt' }), 400);
  await expect(page.getByText('8 med andra förbund')).toBeVisible();
  await press(page, page.getByRole('button', { name: /^Anta/ }), 400);
  await expect(page.getByRole('main')).toContainText('Sprida kunskap');
  await page.goto(site.base + '/vastra-sjolandet');
  await expect(page.getByRole('listitem').filter({ hasText: 'Inte påbörjat' }).first()).toBeVisible();
});

test('a colleague reports what was done', { tag: '@keyboard' }, async ({ page }) => {
  await logInByKeyboard(page, 'tyra.ek@alvkusten.example');
  await press(page, page.getByRole('navigation', { name: 'Huvudmeny' }).getByRole('link', { name: 'Plan', exact: true }));
  await press(page, page.getByRole('link', { name: 'Uppföljningssamtal med två leverantörer' }), 250);
  await press(page, page.getByRole('main').getByRole('link', { name: 'Berätta hur det gick' }).first());
  await reach(page, page.getByLabel('Vad blev gjort?'));
  await page.keyboard.type('Vi talade med två leverantörer. Båda hade utbildat sin personal.');
  await reach(page, page.getByLabel('Hur många nådde ni?'));
  await page.keyboard.type('4');
  await reach(page, page.getByLabel('Deltagarlista'));
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel('Räknat på plats')).toBeChecked();
  await press(page, page.getByRole('button', { name: 'Skicka till granskning' }));
  await expect(page.getByRole('main')).toContainText(/väntar/);
});
