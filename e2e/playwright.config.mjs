import { defineConfig } from '@playwright/test';

// Each file of stories starts its own copy of the example installation, so files may run beside each other and change what they like.
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  outputDir: 'results',
  globalSetup: './support/template.mjs',
  workers: 2,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 5_000 },
  forbidOnly: true,
  reporter: [['list'], ['./support/reporter.mjs']],
  use: {
    actionTimeout: 10_000,
    locale: 'sv-SE',
    timezoneId: 'Europe/Stockholm',
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
});
