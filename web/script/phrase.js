const group = new Intl.NumberFormat(document.documentElement.lang);

// The singular or plural wording with its number in it.
export function phrase(one, other, n) {
  return n === 1 ? one : other.replace("{n}", group.format(n));
}
