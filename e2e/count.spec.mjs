// What the parties count: a card on a phone by keyboard alone, the table with a correction, a period that is approved upwards and locked, and the
// figures the office may see.
import { press, reach } from './support/keys.mjs';
import { accessible, choose, expect, installation, logIn, narrow, people, test } from './support/stories.mjs';

for (const script of [true, false]) {
  test.describe(script ? 'with JavaScript' : 'without JavaScript', { tag: script ? [] : '@without_script' }, () => {
    test.use({ javaScriptEnabled: script, viewport: { width: 360, height: 740 } });
    const site = installation();

    test('somebody counts one who began, by keyboard alone, and takes it back', async ({ page }) => {
      await logIn(page, site, people.linnea);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dina insatser');
      await expect(page.getByRole('navigation', { name: /meny/i }).first()).not.toContainText('Skrivbord');
      await page.getByRole('link', { name: 'Vägen in', exact: true }).click();
      await page.getByRole('link', { name: 'Räkna', exact: true }).click();
      const began = page.getByRole('link', { name: /^Började/ });
      const before = Number((await began.innerText()).match(/\d+/)[0]);
      if (script) {
        await accessible(page);
        await narrow(page);
      }

      await page.getByRole('button', { name: 'Räkna' }).press('Enter');
      await expect(page.locator('.ds-error-summary')).toContainText('Välj kön');
      if (script) await accessible(page);

      for (const [name, steps] of [['Kvinna', 0], ['Under 20', 3], ['Mo kommun', 0], ['Sjukpenning', 0], ['Arbetsförmedlingen', 1]]) {
        const first = page.getByRole('radio', { name, exact: true });
        await first.focus();
        await page.keyboard.press('Space');
        for (let i = 0; i < steps; i++) await page.keyboard.press('ArrowRight');
      }
      await page.getByRole('button', { name: 'Räkna' }).press('Enter');
      await expect(page.getByRole('status').filter({ hasText: 'Räknat: 1 började (kvinna, 30–44, Mo kommun, sjukpenning, Försäkringskassan)' })).toBeVisible();
      await expect(began).toContainText(String(before + 1));
      // The choices stand there for the next one, so that several alike are one press each.
      await expect(page.getByRole('radio', { name: '30–44' })).toBeChecked();
      if (script) await accessible(page);
      await page.getByLabel('Antal').fill('3');
      await page.getByRole('button', { name: 'Räkna' }).press('Enter');
      await expect(began).toContainText(String(before + 4));
      await page.getByRole('button', { name: 'Ångra' }).press('Enter');
      await expect(page.getByRole('main')).toContainText('Det senaste kortet är borttaget');
      await expect(began).toContainText(String(before + 1));
      await expect(page.getByRole('button', { name: 'Ångra' })).toHaveCount(0);
    });

    test('a whole card takes few keys on a phone, and one like many others a single press', async ({ page }) => {
      await logIn(page, site, people.linnea);
      await press(page, page.getByRole('link', { name: 'Vägen in', exact: true }));
      await press(page, page.getByRole('link', { name: 'Räkna', exact: true }));
      const began = page.getByRole('link', { name: /^Började/ });
      const before = Number((await began.innerText()).match(/\d+/)[0]);
      // Past the menu by the skip link; from there only Tab, the arrows and Space.
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      let keys = 2;
      const on = (radio) => radio.evaluate((e) => e === document.activeElement);
      for (const [name, steps] of [['sex', 1], ['age', 3], ['municipality', 1], ['support_start', 0], ['referrer', 2]]) {
        const first = page.locator(`input[type=radio][name=${name}]`).first();
        while (!(await on(first))) {
          await page.keyboard.press('Tab');
          expect(++keys, 'keys for the card').toBeLessThan(45);
        }
        await page.keyboard.press('Space');
        for (let i = 0; i < steps; i++) await page.keyboard.press('ArrowDown');
        keys += 1 + steps;
        expect(await page.locator(`input[name=${name}]:checked`).count()).toBe(1);
      }
      await page.keyboard.press('Enter'); // a form is sent from where one is
      await expect(page.getByRole('status')).toContainText('Räknat: 1 började (man, 30–44, Älvsele kommun, sjukpenning, socialtjänsten)');
      await expect(began).toContainText(String(before + 1));
      if (script) await narrow(page);

      // What many are like is one press, and can be taken back by another.
      const more = page.getByRole('button', { name: /^En till/ }).first();
      const words = (await more.innerText()).replace(/^En till\s*/, '');
      await press(page, more);
      await expect(page.getByRole('status')).toContainText(`Räknat: 1 började (${words})`);
      await expect(began).toContainText(String(before + 2));
      await press(page, page.getByRole('button', { name: 'Ångra' }));
      await expect(began).toContainText(String(before + 1));

      // Answers that are seldom used lie behind a summary, and count as the others do.
      const rest = page.locator('.more-answers').first().locator('summary');
      await reach(page, rest);
      await page.keyboard.press('Enter');
      await page.getByRole('radio', { name: 'Studiestöd' }).focus();
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Räkna' }).press('Enter');
      await expect(page.getByRole('status')).toContainText('studiestöd');
      await expect(page.getByRole('radio', { name: 'Studiestöd' })).toBeVisible(); // it stands there for the next one
      if (script) await accessible(page);
    });

    test('a form that is sent twice counts once', async ({ page }) => {
      await logIn(page, site, people.linnea);
      await page.getByRole('link', { name: 'Stegen i Mo', exact: true }).click();
      await page.getByRole('link', { name: 'Räkna', exact: true }).click();
      await page.getByRole('link', { name: /^Deltog/ }).click();
      const tookPart = page.getByRole('link', { name: /^Deltog/ });
      const before = Number((await tookPart.innerText()).match(/\d+/)[0]);
      await choose(page, 'Man');
      const form = Object.fromEntries(await page.locator('main form').filter({ has: page.getByRole('button', { name: 'Räkna' }) }).locator('input').evaluateAll((list) => list.filter((i) => i.type !== 'radio' && i.type !== 'checkbox').map((i) => [i.name, i.value])));
      const sent = { ...form, sex: 'male', municipality: 'mo' };
      for (let i = 0; i < 2; i++) expect((await page.request.post(page.url().replace(/\?.*/, ''), { form: sent, maxRedirects: 0 })).status()).toBe(303);
      await page.reload();
      await expect(tookPart).toContainText(String(before + 1));
    });
  });
}

test.describe('a period', () => {
  const site = installation();

  test('is corrected in the table, marked as complete, approved, accepted, and then locked', async ({ page, browser }) => {
    const checked = async (p) => {
      await accessible(p);
      await narrow(p);
    };
    await logIn(page, site, people.linnea);
    await page.getByRole('link', { name: /^Räkna klart.*Stegen i Mo/ }).first().click();
    const period = page.url().replace(/[?#].*/, '');
    await checked(page);
    await page.getByRole('link', { name: 'Fyll i som tabell' }).click();
    await checked(page);
    const cell = page.getByRole('textbox', { name: 'Man, 30–44' });
    const was = Number(await cell.inputValue());
    await cell.fill('femton');
    await page.getByRole('button', { name: 'Spara' }).click();
    await expect(page.locator('.ds-error-summary')).toBeVisible();
    await checked(page);
    await cell.fill(String(was + 2));
    await page.getByRole('button', { name: 'Spara' }).click();
    await expect(page.locator('.flash')).toContainText('Tabellen är sparad');
    await cell.fill(String(was));
    await page.getByRole('button', { name: 'Spara' }).click();
    await expect(page.locator('.ds-error-summary')).toContainText('Skriv varför du sänker en siffra');
    await page.getByLabel(/Varför sänks/).fill('Två räknades dubbelt.');
    await page.getByRole('button', { name: 'Spara' }).click();
    await expect(cell).toHaveValue(String(was));
    await checked(page);

    await page.goto(period + '/blankett');
    await checked(page);
    await page.goto(period + '/klistra');
    await checked(page);
    await choose(page, 'Deltog');
    await page.getByLabel('Tabellen').fill('Kön\tAntal\nKvinna\t2\nMann\t3\n');
    await page.getByRole('button', { name: 'Titta först' }).click();
    await expect(page.getByRole('main')).toContainText('Det svaret finns inte: Mann');
    await checked(page);
    await page.getByLabel('Tabellen').fill('Kön\tKommun\tAntal\nKvinna\tMo kommun\t2\nMan\tMo kommun\t3\n');
    await page.getByRole('button', { name: 'Titta först' }).click();
    await expect(page.getByRole('table')).toContainText('5');
    await checked(page);
    const reason = page.getByLabel(/Varför sänks/);
    if (await reason.count()) await reason.fill('Siffrorna finns i vårt eget system.');
    await page.getByRole('button', { name: 'Ersätt med tabellen' }).click();
    await expect(page.locator('.flash')).toContainText('Tabellen är inläst');

    await page.getByRole('button', { name: 'Markera som klar' }).click();
    await expect(page.getByRole('main')).toContainText('Klar, väntar på godkännande');
    await checked(page);

    const daniel = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
    await logIn(daniel, site, people.daniel);
    await daniel.getByRole('link', { name: /^Granska.*Stegen i Mo/ }).click();
    await checked(daniel);
    await daniel.getByRole('button', { name: 'Godkänn' }).click();
    await expect(daniel.getByRole('main')).toContainText('Godkänd, väntar på kansliet');

    const tyra = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
    await logIn(tyra, site, people.tyra);
    await tyra.goto(site.base + '/alvkusten/insatser');
    await checked(tyra);
    await tyra.getByRole('link', { name: /^Ta emot.*Stegen i Mo/ }).click();
    await expect(tyra.getByRole('main')).not.toContainText('Råa siffror, bara');
    expect((await tyra.request.get(period + '/tabell')).status()).toBe(403);
    await checked(tyra);
    await tyra.getByRole('button', { name: 'Ta emot och lås' }).click();
    await expect(tyra.getByRole('main')).toContainText('Mottagen och låst');
    await checked(tyra);

    await page.goto(period + '/tabell');
    await expect(page.getByRole('main')).toContainText('Perioden är låst');
    await expect(page.getByRole('textbox')).toHaveCount(0);
    await checked(page);

    // The office opens it for correction with a reason, and staff sees why.
    await tyra.getByText('Öppna för rättelse').first().click();
    await tyra.getByRole('button', { name: 'Öppna för rättelse' }).click();
    await expect(tyra.locator('.ds-error-summary')).toContainText('Skriv varför');
    await tyra.getByLabel('Varför?').fill('Två deltagare saknas.');
    await tyra.getByRole('button', { name: 'Öppna för rättelse' }).click();
    await page.goto(period);
    await expect(page.getByRole('main')).toContainText('Två deltagare saknas.');
    await expect(page.getByRole('main')).toContainText('utgåva 2');
    await checked(page);
  });

  test('shows the office figures that point nobody out, and a sheet to enter nationally', async ({ page, browser }) => {
    await logIn(page, site, people.karin);
    await page.goto(site.base + '/alvkusten/siffror?vad=left');
    const step = page.getByRole('region', { name: /första steget mot jobb kom, efter insats och kön/ }).last();
    await expect(step).toContainText('Vägen in, kvinna');
    await expect(page.getByRole('main')).toContainText('Stegen i Mo har räknat färre än 20 och står inte i någon siffra här.');
    await expect(page.getByRole('main').getByRole('table').first()).not.toContainText('Stegen i Mo');
    await accessible(page);
    await narrow(page);
    await page.getByRole('link', { name: /^Nummer 1/ }).click();
    await accessible(page);

    const linnea = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
    await logIn(linnea, site, people.linnea);
    expect((await linnea.request.get(site.base + '/alvkusten/siffror')).status()).toBe(403);
    await linnea.getByRole('link', { name: 'Vägen in', exact: true }).click();
    await linnea.getByRole('link', { name: 'Blad för Uppföljning Finsam' }).click();
    await accessible(linnea);
    await narrow(linnea);
    await linnea.getByRole('button', { name: 'Det är infört' }).click();
    await expect(linnea.getByRole('main')).toContainText('Inget att föra in');
    await accessible(linnea);
  });
});
