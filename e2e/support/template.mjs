// Builds the example installation once; every file of stories then starts from a copy of it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from './program.mjs';

export default async function setUp() {
  const dir = await mkdtemp(join(tmpdir(), 'samklang-e2e-'));
  const program = await start(join(dir, 'template'));
  await program.stop();
  await mkdir(join(dir, 'claims')); // see every-page.spec.mjs
  process.env.SAMKLANG_E2E = dir;
  return () => rm(dir, { recursive: true, force: true });
}
