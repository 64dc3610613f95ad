import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { monotonicMs } from '@rind/kernel';
import { RunningInstance } from '@rind/system-tests';
import { checkAccounts } from './account-journey.ts';
import { checkPages } from './checks.ts';
import { checkTheChecks } from './controls.ts';
import { chromiumPath, launch } from './chromium.ts';
import { publishSamples } from './publishing.ts';
import { checkReleases } from './release-journey.ts';
import { Results } from './results.ts';
import { pages } from './sample-projects.ts';
import { takeScreenshots } from './screenshots.ts';

/** `npm run e2e [-- --screenshots [--folder DIR]]`: exit code 0 only if every check held. */
const { values } = parseArgs({
  options: {
    /** Writes the pictures of docs/web.md too. */
    screenshots: { type: 'boolean', default: false },
    /** Where to, instead of the documents. */
    folder: { type: 'string', default: fileURLToPath(new URL('../../../docs/images/web', import.meta.url)) },
  },
});
const startedMs = monotonicMs();
const results = new Results((line) => console.log(line));
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());

console.log(`browser ${chromiumPath()}`);
const instance = await RunningInstance.start({ signal: stopping.signal });
stopping.signal.addEventListener('abort', () => void instance.destroy().then(() => process.exit(1)));
try {
  const origin = instance.file.url.replace(/\/$/, '');
  const files = await publishSamples(instance.file, instance.dataDir);
  console.log(`${files} files are published at ${origin}`);
  const browser = await launch();
  try {
    await checkTheChecks(browser, origin, results);
    if (values.screenshots) {
      await results.run('pictures', () => takeScreenshots(browser, origin, values.folder));
    }
    await checkPages(browser, origin, results);
    await checkAccounts(browser, instance.file, results, values.screenshots ? values.folder : null);
    await checkReleases(browser, instance.file, results, values.screenshots ? values.folder : null);
  } finally {
    await browser.close();
  }
} finally {
  await instance.destroy();
}
const { held, failed } = results.counts;
const seconds = Math.round((monotonicMs() - startedMs) / 1_000);
console.log(`e2e: ${pages.length} pages, ${held} checks held, ${failed} failed, ${seconds} s`);
process.exitCode = failed === 0 ? 0 : 1;
