import { FakeClock, systemRandomness } from '@rind/kernel';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import { gate, SlowModule } from './drain.fixture.ts';
import { silentLogger } from './logger.ts';

async function start(drainTimeoutMs: number): Promise<{ app: App; url: string }> {
  const app = await createApp(SlowModule, {
    config: {},
    clock: new FakeClock(0),
    randomness: systemRandomness,
    logger: silentLogger,
    problems: {},
    drainTimeoutMs,
  });
  const { port } = await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, url: `http://127.0.0.1:${port}` };
}

function request(url: string, agent: Agent): Promise<number | string> {
  return new Promise((resolve) => {
    get(url, { agent }, (response: IncomingMessage) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
  });
}

describe('closing an app', () => {
  it('answers what has begun, takes nothing new, and only then destroys the modules', async () => {
    const { app, url } = await start(5_000);
    const agent = new Agent({ keepAlive: true });
    await request(`${url}/healthz`, agent);
    let release = () => {};
    gate.release = new Promise((resolve) => (release = resolve));
    const arrived = new Promise<void>((resolve) => (gate.arrived = resolve));
    const slow = request(`${url}/slow`, agent);
    await arrived;
    const closing = app.close();
    expect(await request(`${url}/healthz`, new Agent())).toBe('ECONNREFUSED');
    release();
    expect(await slow).toBe(200);
    await closing;
    expect(gate.destroyedWhileAnswering).toBe(false);
    agent.destroy();
  });

  it('cuts what is still open when its time is over', async () => {
    const { app, url } = await start(100);
    let release = () => {};
    gate.release = new Promise((resolve) => (release = resolve));
    const arrived = new Promise<void>((resolve) => (gate.arrived = resolve));
    const slow = request(`${url}/slow`, new Agent());
    await arrived;
    await app.close();
    expect(await slow).toBe('ECONNRESET');
    release();
  });
});
