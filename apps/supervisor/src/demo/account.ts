import { readJsonFile, writeFileAtomic } from '../instance/atomic-file.ts';
import type { DataDir } from '../instance/data-dir.ts';
import { SupervisorError } from '../instance/errors.ts';
import type { InstanceSecrets } from '../instance/secrets.ts';

export const demoUser = 'demo';

interface DemoAccount {
  readonly token: string;
}

const demoEmail = 'demo@demo.example';

/** The demo author: an account that can sign in, and a token, both made once and kept in the data folder. */
export async function demoToken(
  data: DataDir,
  authUrl: string,
  { operatorAuth, demoPassword }: Pick<InstanceSecrets, 'operatorAuth' | 'demoPassword'>,
): Promise<string> {
  const file = `${data.path}/demo-account.json`;
  const existing = readJsonFile<DemoAccount>(file);
  if (existing !== null) return existing.token;
  const ask = async (what: string, order: object): Promise<unknown> => {
    const response = await fetch(`${authUrl}/internal/operator/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorAuth}`, 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    if (response.ok) return response.json();
    throw new SupervisorError('demo.failed', `auth refused: ${await response.text()}`, { step: what });
  };
  await ask('accounts', { username: demoUser, password: demoPassword, email: demoEmail });
  const order = { user: demoUser, projects: [], expires: null, description: 'demo' };
  const { token } = (await ask('tokens', order)) as DemoAccount;
  writeFileAtomic(file, `${JSON.stringify({ token })}\n`);
  return token;
}
