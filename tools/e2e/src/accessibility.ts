import axe from 'axe-core';
import type { Page } from 'playwright-core';

const counted: readonly unknown[] = ['serious', 'critical'];

/**
 * What axe finds serious or critical, and the order of headings. The page must have been opened past its content
 * security policy, which lets no script in.
 */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
      rules: { 'heading-order': { enabled: true }, 'target-size': { enabled: true } },
    }),
  );
  if (passes.length === 0) return ['axe looked at nothing'];
  return violations
    .filter(({ id, impact }) => counted.includes(impact) || id === 'heading-order')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ target, failureSummary }) => {
        const why = (failureSummary ?? '').split('\n').slice(1).join(' ').trim();
        return `${id}: ${target.join(' ')}: ${why}`;
      }),
    );
}
