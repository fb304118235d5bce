// A visitor doubts a promise's text: she reads its history, opens the proof, downloads it, and finds out what the public log is.
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessible, expect, installation, narrow, test } from './support/stories.mjs';

const promise = '/alvkusten/loften/gemensam-deklaration-for-en-levande-demokrati/7';

for (const script of [true, false]) {
  test.describe(script ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled: script });
    const site = installation();

    test('from the history to a proof that anybody can check', async ({ page }) => {
      await page.goto(site.base + promise);
      await page.getByRole('link', { name: 'Hela historiken' }).click();
      const proof = page.getByRole('region', { name: 'Bevis' });
      await expect(async () => {
        await page.reload();
        await expect(proof.getByText(/är post \d+ i den öppna loggen|som post \d+ i den öppna loggen/)).toBeVisible({ timeout: 500 });
      }).toPass({ timeout: 20_000 });
      await expect(proof.getByText(/Texten är oförändrad sedan \d+ \S+ \d{4}\./)).toBeVisible();
      if (script) await accessible(page);

      const href = await proof.getByRole('link', { name: 'Hämta beviset' }).getAttribute('href');
      const answer = await page.request.get(new URL(href, site.base).href);
      expect(answer.status()).toBe(200);
      expect(answer.headers()['content-disposition']).toContain('.tlog-proof');
      const text = await answer.text();
      expect(text).toContain('c2sp.org/tlog-proof@v1');

      await proof.getByRole('link', { name: 'Om loggen, och hur du kontrollerar beviset' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Den öppna loggen');
      await expect(page.getByText('Den öppna loggen').first()).toBeVisible();
      if (script) await accessible(page);

      const file = join(process.env.SAMKLANG_E2E, 'lofte.tlog-proof');
      await writeFile(file, text);
      const program = join(process.cwd(), 'bin', 'samklang');
      const checked = spawnSync(program, ['verify', site.base, '--proof', file], { encoding: 'utf8' });
      expect(checked.status, checked.stderr).toBe(0);
      expect(checked.stdout).toContain('Everything that was checked is in order.');
      await writeFile(file, text.replace(/index \d+/, 'index 1'));
      expect(spawnSync(program, ['verify', site.base, '--proof', file]).status).toBe(1);
      const all = spawnSync(program, ['verify', site.base], { encoding: 'utf8' });
      expect(all.status, all.stderr).toBe(0);
      expect(all.stdout).toContain('What the site shows is in the log');
    });

    test('in the other languages, and on a phone', async ({ page }) => {
      for (const [language, history, log] of [['en', 'Proof', 'The public log'], ['sv-simple', 'Så vet du att texten är äkta', 'Så kan du lita på texterna']]) {
        const prefix = { en: '/en', 'sv-simple': '/lattlast' }[language];
        await page.goto(site.base + prefix + promise + '/historik');
        await expect(page.getByRole('heading', { name: history })).toBeVisible();
        if (script) await accessible(page);
        await page.goto(site.base + prefix + '/log');
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(log);
        await narrow(page);
        if (script) await accessible(page);
      }
    });
  });
}
