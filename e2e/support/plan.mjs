// Who looks at which page in which way: every combination, or few that hold every pair. See ../README.md.

export const languages = ['', 'lattlast', 'en'];
export const themes = ['light', 'dark'];
export const script = [true, false];

const ways = languages.flatMap((language) => themes.flatMap((theme) => script.map((script) => ({ language, theme, script }))));

// pairs are the pairs of a case that some case must have.
const pairs = (c) => {
  const values = [`k ${c.kind}`, `r ${c.role}`, `l ${c.language}`, `t ${c.theme}`, `s ${c.script}`];
  return values.flatMap((a, i) => values.slice(i + 1).map((b) => a + ' & ' + b));
};

// everyPair gives a case for every page that every person reaches, chosen so that every pair of page, person, language, theme and script
// that is possible is in one of them. reached: [{ role, kind }].
export function everyPair(reached) {
  const open = new Set(reached.flatMap((r) => ways.flatMap((w) => pairs({ ...r, ...w }))));
  const cases = [];
  const gain = (c) => pairs(c).filter((p) => open.has(p)).length;
  const take = (r, turn) => {
    let best;
    let most = -1;
    for (let i = 0; i < ways.length; i++) {
      const c = { ...r, ...ways[(i + turn) % ways.length] };
      const g = gain(c);
      if (g > most) [best, most] = [c, g];
    }
    for (const p of pairs(best)) open.delete(p);
    cases.push(best);
  };
  reached.forEach(take);
  // What few people reach needs more than one look of theirs.
  reached.forEach((r, i) => {
    while (ways.some((w) => gain({ ...r, ...w }) > 0)) take(r, i);
  });
  return cases;
}

// everyCombination gives every way in which each person can look at each page she reaches.
export const everyCombination = (reached) => reached.flatMap((r) => ways.map((w) => ({ ...r, ...w })));
