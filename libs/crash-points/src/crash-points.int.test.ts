import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Passes one point three times and says so each time, before and after. */
const PROCESS = `
  import { writeSync } from 'node:fs';
  import { createCheckpoint } from '@rind/crash-points';
  const [stateDir, crashAt, stopAt] = process.argv.slice(1);
  const checkpoint = createCheckpoint({ process: 'signer', crashAt, stopAt, stateDir, knownPoints: ['publish.signed'] });
  for (let i = 1; i <= 3; i++) {
    writeSync(1, 'before ' + i + ' ');
    checkpoint('publish.signed');
    writeSync(1, 'after ' + i + ' ');
  }
`;
const ALL = 'before 1 after 1 before 2 after 2 before 3 after 3';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'rind-crash-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

function start(crashAt: string, stopAt: string) {
  const script = ['--conditions=@rind/source', '--input-type=module', '-e', PROCESS];
  const child = spawn(process.execPath, [...script, stateDir, crashAt, stopAt], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(
    ([code, signal]) => ({ code, signal, output: output.trim() }) as unknown,
  );
  return { child, ended, output: () => output.trim() };
}

async function untilStopped(pid: number): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (
      spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
        .stdout.toString()
        .startsWith('T')
    )
      return;
    await sleep(20);
  }
  throw new Error('the process did not stop');
}

describe.runIf(process.platform !== 'win32')('a real process', () => {
  it('is killed at the Nth passing, and not again after a restart', async () => {
    const spec = 'signer/publish.signed:2';
    const killed = { code: null, signal: 'SIGKILL', output: 'before 1 after 1 before 2' };
    expect(await start(spec, '').ended).toEqual(killed);
    expect(await start(spec, '').ended).toEqual({ code: 0, signal: null, output: ALL });
  });

  it('is killed at each entry of a list, one restart after the other', async () => {
    const specs = 'signer/publish.signed,warehouse/elsewhere,signer/publish.signed:3';
    const killed = { code: null, signal: 'SIGKILL' };
    expect(await start(specs, '').ended).toEqual({ ...killed, output: 'before 1' });
    expect(await start(specs, '').ended).toEqual({
      ...killed,
      output: 'before 1 after 1 before 2 after 2 before 3',
    });
    expect(await start(specs, '').ended).toEqual({ code: 0, signal: null, output: ALL });
  });

  it('does not stop where the marker is there beforehand, and is killed there without it', async () => {
    const marker = join(stateDir, 'stop-at.signer.publish.signed.2+');
    const { child, ended, output } = start('', 'signer/publish.signed:2+,signer/publish.signed');
    await untilStopped(child.pid!);
    await writeFile(marker, '');
    child.kill('SIGCONT');
    expect(await ended).toEqual({ code: 0, signal: null, output: ALL });
    expect(output()).toBe(ALL);
    await rm(marker);
    expect(await start('signer/publish.signed:2+', '').ended).toMatchObject({ signal: 'SIGKILL' });
  });

  it('stops at the Nth passing and goes on when it is told to', async () => {
    const { child, ended, output } = start('', 'signer/publish.signed:2');
    await untilStopped(child.pid!);
    await sleep(100);
    expect(output()).toBe('before 1 after 1 before 2');
    child.kill('SIGCONT');
    expect(await ended).toEqual({ code: 0, signal: null, output: ALL });
  });

  it('minds only its own name', async () => {
    expect(await start('warehouse/publish.signed', '').ended).toEqual({ code: 0, signal: null, output: ALL });
  });
});
