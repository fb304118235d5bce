// What is checked on a page. Each check gives what is wrong as a list; none says that a test has failed.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const byColour = ['color-contrast', 'link-in-text-block'];

// criteria reads the success criteria out of axe's tags: "wcag143" is 1.4.3.
const criteria = (list) => list.map((t) => t.match(/^wcag(\d)(\d)(\d+)$/)).filter(Boolean).map((m) => m.slice(1).join('.'));

// axe checks the page with axe-core: with every rule, or with those that depend on colours. Our pages have no frames, so it runs in the page
// itself.
export async function axe(page, { colours = false } = {}) {
  await page.evaluate(source);
  const { violations, engine } = await page.evaluate(
    async (runOnly) => {
      const r = await window.axe.run(document, { runOnly, resultTypes: ['violations'], iframes: false, preload: false });
      return {
        engine: r.testEngine,
        violations: r.violations.map((v) => ({ id: v.id, impact: v.impact, help: v.help, tags: v.tags, nodes: v.nodes.map((n) => ({ target: String(n.target), html: n.html.slice(0, 200), summary: n.failureSummary })) })),
      };
    },
    colours ? { type: 'rule', values: byColour } : { type: 'tag', values: tags },
  );
  return { engine, violations: violations.map(({ tags, ...v }) => ({ ...v, criteria: criteria(tags) })) };
}

// rules are those that axe runs by our tags: { id, criteria }.
export async function rules(page) {
  await page.evaluate(source);
  const list = await page.evaluate((tags) => window.axe.getRules(tags).map((r) => ({ id: r.ruleId, tags: r.tags })), tags);
  return list.map((r) => ({ id: r.id, criteria: criteria(r.tags) }));
}

// wide lists what has to be scrolled sideways in the window as it is. What scrolls by itself, such as a wide table, is no fault.
const wide = (page) =>
  page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= most) return [];
    return [...document.querySelectorAll('body *')]
      .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > most + 1)
      .filter((e) => {
        for (let up = e.parentElement; up; up = up.parentElement) if (getComputedStyle(up).overflowX !== 'visible') return false;
        return true;
      })
      .slice(0, 5)
      .map((e) => `at ${innerWidth} px: ${e.outerHTML.slice(0, 120)}`);
  });

export const widths = [320, 360];

// reflow checks that nothing has to be scrolled sideways on a small phone, which is also a window of 1280 px at 400 % (WCAG 1.4.10).
export async function reflow(page) {
  const before = page.viewportSize();
  const faults = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 740 });
    faults.push(...(await wide(page)));
  }
  await page.setViewportSize(before);
  return faults;
}

// spacing checks that no text is cut off when its reader spaces it as WCAG 1.4.12 lets her.
export async function spacing(page) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }');
    document.adoptedStyleSheets = [sheet];
  });
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((e) => e.checkVisibility() && e.clientWidth > 4 && e.clientHeight > 4 && !/^(input|textarea|select|svg)$/i.test(e.tagName) && !e.closest('svg'))
      .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== ''))
      .filter((e) => {
        const s = getComputedStyle(e);
        return (/hidden|clip/.test(s.overflowX) && e.scrollWidth > e.clientWidth + 1) || (/hidden|clip/.test(s.overflowY) && e.scrollHeight > e.clientHeight + 1);
      })
      .slice(0, 5)
      .map((e) => `cut off: ${e.outerHTML.slice(0, 120)}`),
  );
  const faults = [...cut, ...(await wide(page))];
  await page.evaluate(() => (document.adoptedStyleSheets = []));
  return faults;
}

// focus checks that whatever takes the focus shows it (WCAG 2.4.7): one of each sort on the page, by element and class.
export async function focus(page) {
  await page.keyboard.press('Tab'); // from now on the browser shows the focus as it does for who uses the keyboard
  return page.evaluate(() => {
    const faults = [];
    const seen = new Set();
    const shown = (e) =>
      ['', '::before', '::after'].some((part) => {
        const s = getComputedStyle(e, part || null);
        return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
      });
    for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')) {
      const sort = [e.tagName, e.type, e.className, e.parentElement.className].join(' ');
      if (seen.has(sort) || e.disabled || !e.checkVisibility()) continue;
      seen.add(sort);
      const drawn = () => [...e.querySelectorAll('path, rect, circle')].map((p) => getComputedStyle(p)).map((s) => s.stroke + s.strokeWidth).join();
      const before = drawn();
      e.focus({ preventScroll: true });
      if (document.activeElement !== e) faults.push(`takes no focus: ${e.outerHTML.slice(0, 120)}`);
      // A card whose link covers it all shows the focus around the card.
      else if (drawn() !== before) continue; // a part of a drawing is outlined in the drawing itself
      else if (![e, e.closest('article, li'), ...(e.labels ?? [])].some((x) => x && shown(x))) faults.push(`the focus is not seen: ${e.outerHTML.slice(0, 120)}`);
    }
    document.activeElement?.blur();
    scrollTo(0, 0);
    return faults;
  });
}

// forced checks that states, edges and marks are still told apart when the reader's own few colours are forced upon the page.
export async function forced(page) {
  await page.emulateMedia({ forcedColors: 'active' });
  const faults = await page.evaluate(() => {
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
    return faults.slice(0, 5);
  });
  await page.emulateMedia({ forcedColors: 'none' });
  return faults;
}

// language checks that the page says the language of its address (WCAG 3.1.1).
export async function language(page, prefix) {
  const want = { '': 'sv', lattlast: 'sv-simple', en: 'en' }[prefix];
  const is = await page.locator('html').getAttribute('lang');
  return is === want ? [] : [`says ${is}, not ${want}`];
}
