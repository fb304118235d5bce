// Whoever follows a promise leaves when she wants: by the link in the mail, or with the one click of her mail program (RFC 8058).
import { accessible, arrived, choose, expect, installation, logInByMail, narrow, test } from './support/stories.mjs';

const outside = 'https://samklang.example';
const site = installation({ mail: outside });
const promise = '/skogsbygden/loften/gemensam-deklaration-for-en-levande-demokrati/4';

// here is where an address of the outside world answers in this test.
const here = (address) => address.replace(outside, site.base);

async function follow(page, address) {
  await page.goto(site.base + promise);
  await page.getByRole('link', { name: /Följ det här löftet/ }).click();
  await page.getByLabel('Din e-postadress').fill(address);
  await page.getByRole('button', { name: 'Skicka mejl för att bekräfta' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Titta i din inkorg');
  const asked = await arrived(site, address);
  await page.goto(here(asked.text.match(/https:\S*\/folj\/bekrafta\/\w+/)[0]));
  await page.getByRole('button', { name: 'Ja, jag vill följa' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nu följer du');
}

test('by the link, by one click of the mail program, and then no more mail', async ({ page, browser }) => {
  const [link, click, stays] = ['lena@hemma.example', 'klara@hemma.example', 'sten@hemma.example'];
  for (const address of [link, click, stays]) await follow(page, address);

  // Something happens to the promise: it had lapsed, and now something is planned for it.
  const arne = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
  await logInByMail(arne, site, 'arne.lund@skogsbygden.example');
  await arne.goto(site.base + '/skogsbygden/plan/ny');
  await arne.getByLabel('Vad heter den?').fill('Öppet hus om bemötande');
  await arne.getByLabel('När blir det?').fill(`24 mars ${new Date().getFullYear() + 1}`);
  await choose(arne, '4. Säga till när någon missgynnas');
  await arne.getByRole('button', { name: 'Lägg in i planen' }).click();
  await expect(arne.getByRole('heading', { level: 1 })).toHaveText('Öppet hus om bemötande');
  const activity = arne.url().replace(/[?#].*/, '');

  const changed = (m) => m.header('List-Unsubscribe') !== '';
  const mails = {};
  for (const address of [link, click, stays]) mails[address] = await arrived(site, address, changed);
  expect(mails[link].text, 'nothing internal is in the mail').not.toContain('Arne');
  for (const m of Object.values(mails)) {
    expect(m.header('List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(m.header('List-Unsubscribe')).toMatch(/^<https:\/\/samklang\.example\/\S+>$/);
  }

  // The link leads to a page with a button; looking at it, as programs that guard mail do, changes nothing.
  await page.goto(here(mails[link].text.match(/https:[^\s<>"]*\/folj\/sluta\/[^\s<>"]+/)[0]));
  await accessible(page);
  await narrow(page);
  await page.getByRole('main').getByRole('button').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Du får inga fler mejl');
  await accessible(page);

  // The mail program posts once, from nowhere and with no cookie, and is not sent on to another address.
  const answer = await fetch(here(mails[click].header('List-Unsubscribe').slice(1, -1)), {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
    redirect: 'manual',
  });
  expect(answer.status).toBe(200);

  // What happens next is told to who stayed, and to nobody else.
  const before = [link, click].map((a) => site.mails.to(a).length);
  const stayed = site.mails.to(stays).length;
  await arne.goto(activity + '/stall-in');
  await arne.getByRole('textbox').first().fill('Lokalen går inte att få.');
  await arne.getByRole('main').getByRole('button').first().click();
  await arrived(site, stays, (m) => site.mails.to(stays).indexOf(m) >= stayed);
  expect([link, click].map((a) => site.mails.to(a).length)).toEqual(before);
});
