// The few cases of `make test` hold every pair that the complete walk holds.
import { expect, test } from '@playwright/test';
import { everyCombination, everyPair } from './support/plan.mjs';

const names = ['kind', 'role', 'language', 'theme', 'script'];

const pairs = (c) => names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a}=${c[a]} ${b}=${c[b]}`));

for (const [kinds, roles] of [
  [1, 1],
  [3, 2],
  [60, 8],
]) {
  test(`${kinds} kinds of pages and ${roles} roles`, () => {
    const reached = [];
    for (let k = 0; k < kinds; k++) for (let r = 0; r < roles; r++) if (r === 0 || (k * 7 + r * 3) % 5 < 3) reached.push({ kind: `k${k}`, role: `r${r}` });
    const all = everyCombination(reached);
    const few = everyPair(reached);
    const held = new Set(few.flatMap(pairs));
    expect([...new Set(all.flatMap(pairs))].filter((p) => !held.has(p))).toEqual([]);
    const want = reached.map((r) => `${r.kind} ${r.role}`);
    expect(new Set(few.map((c) => `${c.kind} ${c.role}`))).toEqual(new Set(want));
    if (kinds > 1) expect(few.length).toBeLessThan(all.length / 2);
  });
}
