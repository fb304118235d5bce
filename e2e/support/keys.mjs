// What somebody does who has no mouse.
import { expect } from './stories.mjs';

// reach presses Tab until the element has the focus, as somebody without a mouse does.
export async function reach(page, element, most = 150) {
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

// press reaches a link or a button and presses it.
export async function press(page, element, most) {
  await reach(page, element, most);
  await page.keyboard.press('Enter');
}
