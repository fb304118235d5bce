// Steps 2 and 6: anybody sees what was promised, what was done and what is late; reads, prints, downloads, subscribes, and sees the
// history with its differences.
import { accessible, expect, installation, narrow, test } from './support/stories.mjs';

const joint = '/alvkusten/loften/gemensam-deklaration-for-en-levande-demokrati';

for (const script of [true, false]) {
  test.describe(script ? 'with JavaScript' : 'without JavaScript', { tag: script ? [] : '@without_script' }, () => {
    test.use({ javaScriptEnabled: script });
    const site = installation();

    test('from the portal to what became of one promise', async ({ page }) => {
      await page.goto(site.base);
      for (const name of ['Älvkusten', 'Skogsbygden', 'Västra Sjölandet']) await expect(page.getByRole('link', { name: new RegExp(name) }).first()).toBeVisible();
      await expect(page.getByRole('link', { name: 'Gemensam deklaration för en levande demokrati' }).first()).toBeVisible();
      await page.getByRole('main').getByRole('link', { name: /Älvkusten/ }).first().click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Vad vi lovade och vad det blev');

      // What is owed comes first.
      const states = await page.locator('main ol.promises').first().locator('> li').allInnerTexts();
      const owed = states.map((s) => /Försenat|Underlag saknas|Förföll/.test(s));
      expect(owed.lastIndexOf(true)).toBeLessThan(owed.indexOf(false));

      await page.getByRole('link', { name: 'Motverka diskriminering av personer som inte är vita' }).click();
      await expect(page.getByText('ta reda på hur personer som inte är vita bemöts').first()).toBeVisible();
      await page.getByRole('link', { name: /historik/i }).first().click();
      await expect(page.locator('del').first()).toBeVisible();
      await expect(page.locator('ins').first()).toBeVisible();
    });

    test('follows a promise by e-mail once she has confirmed it', async ({ page }) => {
      await page.goto(site.base + joint + '/7');
      await page.getByRole('link', { name: /Följ det här löftet/ }).click();
      if (script) await accessible(page);
      await page.getByLabel('Din e-postadress').fill('en.lasare@hemma.example');
      await page.getByRole('button', { name: 'Skicka mejl för att bekräfta' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Titta i din inkorg');

      // In the example installation mail stands in the outbox on the screen; the queue needs a moment.
      await expect(async () => {
        await page.goto(site.base + '/utkorg');
        await expect(page.getByText('en.lasare@hemma.example').first()).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 20_000 });
      if (script) await accessible(page);
      const [confirm] = (await page.getByRole('main').innerText()).match(/http:\/\/\S*\/folj\/bekrafta\/\w+/);
      await page.goto(confirm);
      await page.getByRole('button', { name: 'Ja, jag vill följa' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nu följer du');
    });

    test('takes the figures along', async ({ page }) => {
      await page.goto(site.base + '/alvkusten');
      for (const [name, type] of [[/\(CSV\)/, 'text/csv'], [/\(JSON\)/, 'application/json'], [/\(iCalendar\)/, 'text/calendar'], [/\(Atom\)/, 'application/atom+xml']]) {
        const href = await page.getByRole('link', { name }).first().getAttribute('href');
        const answer = await page.request.get(new URL(href, site.base).href);
        expect(answer.status(), href).toBe(200);
        expect(answer.headers()['content-type'], href).toContain(type);
        expect(answer.headers()['set-cookie'], href).toBeUndefined();
        expect((await answer.body()).length, href).toBeGreaterThan(500);
      }
    });
  });
}

test.describe('the page itself', () => {
  const site = installation();

  test('a first visit is light: at most 66 kB, four requests, no cookie', async ({ page }) => {
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    let bytes = 0;
    const asked = [];
    session.on('Network.requestWillBeSent', (e) => e.request.url.startsWith('http') && asked.push(e.request.url));
    session.on('Network.loadingFinished', (e) => (bytes += e.encodedDataLength));
    for (const path of ['/alvkusten', joint + '/1']) {
      bytes = 0;
      asked.length = 0;
      await session.send('Network.clearBrowserCache');
      const answer = await page.goto(site.base + path, { waitUntil: 'networkidle' });
      expect(answer.headers()['set-cookie']).toBeUndefined();
      console.log(`${path}: ${bytes} bytes in ${asked.length} requests`);
      expect(asked.length, asked.join('\n')).toBeLessThanOrEqual(4);
      expect(bytes).toBeLessThanOrEqual(66_000);
    }
    expect(await page.context().cookies()).toEqual([]);
  });

  test('on paper it is a report: no menus, the address it came from, black on white', { tag: '@paper' }, async ({ page }) => {
    await page.goto(site.base + '/alvkusten');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await expect(page.getByRole('navigation', { name: 'Huvudmeny' })).toBeHidden();
    await expect(page.locator('.on-paper')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Löftena' })).toBeVisible();
    const light = await page.evaluate(() => getComputedStyle(document.body).color.match(/\d+/g).slice(0, 3).map(Number).every((c) => c < 90));
    expect(light, 'the text is dark on paper, also for who reads in dark mode').toBe(true);
    const paper = await page.pdf({ format: 'A4' });
    expect(paper.length).toBeGreaterThan(20_000);
  });

  test('reads in three languages, each at its own address', async ({ page }) => {
    await page.goto(site.base + joint + '/1');
    await page.getByRole('navigation', { name: 'Språk' }).getByRole('link', { name: 'English' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Spread knowledge');
    await accessible(page);
    await page.getByRole('link', { name: 'Lättläst' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', /^sv/);
    await expect(page).toHaveURL(/\/lattlast\//);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Vi ska lära oss mer');
    await accessible(page);
    await narrow(page);
  });
});
