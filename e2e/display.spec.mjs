// How pages look for who has asked her device for it: few colours of her own choosing, no motion, dark.
import { expect, installation, logIn, people, test } from './support/stories.mjs';

const site = installation();
const promise = '/alvkusten/loften/gemensam-deklaration-for-en-levande-demokrati/7';

test('with forced colours, states keep their shape and word, and edges can be seen', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  for (const path of ['/alvkusten', promise, '/alvkusten/kalender', '/alvkusten/kalender?vy=linje']) {
    await page.goto(site.base + path);
    const lost = await page.evaluate(() => {
      const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 0;
      const faults = [];
      for (const s of document.querySelectorAll('.state')) {
        if (!seen(s)) continue;
        const style = getComputedStyle(s);
        if (style.borderTopStyle === 'none' || parseFloat(style.borderTopWidth) === 0) faults.push('no edge: ' + s.innerText);
        if (!s.querySelector('svg') || s.innerText.trim() === '') faults.push('no shape or word: ' + s.outerHTML.slice(0, 80));
      }
      for (const b of document.querySelectorAll('.ds-button, .ds-input, .chip')) {
        if (seen(b) && b.dataset.variant !== 'tertiary' && parseFloat(getComputedStyle(b).borderTopWidth) === 0) faults.push('no edge: ' + b.outerHTML.slice(0, 80));
      }
      // Marks of a picture that say done must differ from those that say nothing.
      const done = document.querySelector('.ch-done, .ch-shade-1, .ch-is-done');
      const nothing = document.querySelector('.ch-nothing, .ch-is-nothing, .ch-ground');
      if (done && nothing && getComputedStyle(done).fill === getComputedStyle(nothing).fill) faults.push('done and nothing look alike');
      return faults;
    });
    expect.soft(lost, path).toEqual([]);
  }
});

test('nothing moves for who has asked for less motion', async ({ page }) => {
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
