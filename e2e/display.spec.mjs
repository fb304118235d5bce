// How pages look for who has asked her device for it: few colours of her own choosing, no motion, dark.
import { forced } from './support/checks.mjs';
import { expect, installation, logIn, people, test } from './support/stories.mjs';

const site = installation();
const promise = '/alvkusten/loften/gemensam-deklaration-for-en-levande-demokrati/7';

test('with forced colours, states keep their shape and word, and edges can be seen', { tag: '@forced' }, async ({ page }) => {
  for (const path of ['/alvkusten', promise, '/alvkusten/kalender', '/alvkusten/kalender?vy=linje']) {
    await page.goto(site.base + path);
    expect.soft(await forced(page), path).toEqual([]);
  }
});

test('nothing moves for who has asked for less motion', { tag: '@motion' }, async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await logIn(page, site, people.karin);
  for (const path of ['/alvkusten', '/alvkusten/skrivbord', '/alvkusten/plan', '/alvkusten/plan/ny']) {
    await page.goto(site.base + path);
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((e) => {
          const s = getComputedStyle(e);
          const long = (list) => list.split(',').some((t) => parseFloat(t) > 0.01);
          return long(s.transitionDuration) || (s.animationName !== 'none' && long(s.animationDuration)) || s.scrollBehavior === 'smooth';
        })
        .map((e) => e.outerHTML.slice(0, 80)),
    );
    expect.soft(moving, path).toEqual([]);
  }
});

test('a timeline and its table say the same', async ({ page }) => {
  await page.goto(site.base + '/alvkusten/kalender');
  const months = await page.locator('.in-month .name').allInnerTexts();
  await page.getByRole('link', { name: 'Tidslinje' }).click();
  await expect(page.getByRole('link', { name: 'Tidslinje' })).toHaveAttribute('aria-current', 'page');
  const line = await page.locator('.ch-timeline .ch-name').allInnerTexts();
  expect([...line].sort()).toEqual([...months].sort());
  await page.getByText('Visa som tabell').click();
  await expect(page.getByRole('rowheader').first()).toBeVisible();
  const rows = await page.getByRole('rowheader').allInnerTexts();
  expect([...rows].sort()).toEqual([...months].sort());
});
