import { readJsonFile, writeFileAtomic } from '../instance/atomic-file.ts';
import type { DataDir } from '../instance/data-dir.ts';
import { SupervisorError } from '../instance/errors.ts';

export const demoUser = 'demo';

interface DemoAccount {
  readonly token: string;
}

/** The demo author's token: made once, kept in the data folder. */
export async function demoToken(data: DataDir, authUrl: string, operatorSecret: string): Promise<string> {
  const file = `${data.path}/demo-account.json`;
  const existing = readJsonFile<DemoAccount>(file);
  if (existing !== null) return existing.token;
  const response = await fetch(`${authUrl}/internal/operator/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user: demoUser, projects: [], expires: null, description: 'demo' }),
  });
  if (!response.ok) {
    throw new SupervisorError('demo.failed', `auth made no token: ${await response.text()}`, {
      step: 'token',
    });
  }
  const { token } = (await response.json()) as DemoAccount;
  writeFileAtomic(file, `${JSON.stringify({ token })}\n`);
  return token;
}
