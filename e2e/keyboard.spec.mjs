// Two stories with the keyboard alone: a visitor reads what became of a promise, and an office manager logs in and accepts evidence.
import { expect, installation, test } from './support/stories.mjs';

const site = installation();

// reach presses Tab until the element has the focus, as somebody without a mouse does.
async function reach(page, element, most = 150) {
  for (let i = 0; i < most; i++) {
    if (await element.evaluate((e) => e === document.activeElement).catch(() => false)) {
      // A card whose link covers it all shows the focus around the card.
      const seen = await element.evaluate((e) => [e, e.closest('article, li')].some((x) => x && (getComputedStyle(x).outlineStyle !== 'none' || getComputedStyle(x, '::after').outlineStyle !== 'none')));
      expect(seen, 'the focus is seen').toBe(true);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`${element} is not reached with ${most} Tabs`);
}

test('a visitor skips to the content and reads a promise', async ({ page }) => {
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

test('an office manager logs in, reviews and logs out', async ({ page }) => {
  await page.goto(site.base + '/logga-in');
  await reach(page, page.getByLabel('E-post'));
  await page.keyboard.type('karin.lind@alvkusten.example');
  await page.keyboard.press('Enter');
  const code = await page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/).innerText();
  await reach(page, page.getByLabel('Kod', { exact: true }));
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Karin');

  await reach(page, page.getByRole('link', { name: /^Granska.*Inkluderingsfika/ }));
  await page.keyboard.press('Enter');
  await reach(page, page.getByLabel('Kommentar'));
  await page.keyboard.type('Fint att det kommer nya.');
  await reach(page, page.getByRole('button', { name: 'Godta' }));
  await page.keyboard.press('Enter');
  await page.goto(site.base + '/alvkusten/granska');
  await expect(page.getByRole('link', { name: /Inkluderingsfika/ })).toHaveCount(0);

  await reach(page, page.locator('summary').filter({ hasText: 'Karin Lind' }));
  await page.keyboard.press('Enter');
  await reach(page, page.getByRole('button', { name: 'Logga ut' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Logga in' })).toBeVisible();
});
