import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

/** As an app runs after the build: no conditions, everything from dist, the worker a .js file. */
const APP = `
  import { createWorkerPool, workerUrl } from '@rind/worker-pool';
  const pool = createWorkerPool({ worker: workerUrl(process.argv[1], './plain.worker'), threads: 2, maxQueue: 5 });
  const bytes = new Uint8Array(10).fill(3);
  const answer = await pool.run('echo', bytes, { transfer: [bytes] });
  const refused = await pool.run('refuse', null).catch((error) => error.code);
  console.log(JSON.stringify({ length: answer.length, left: bytes.length, refused }));
  // The idle threads must not keep the process alive.
`;

describe('the built library', () => {
  it('runs a built worker in a process of its own', async () => {
    const caller = new URL('../test/caller.js', import.meta.url).href;
    const child = spawn(process.execPath, ['--input-type=module', '-e', APP, caller], {
      cwd: import.meta.dirname,
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, output: output.trim() }).toEqual({
      code: 0,
      output: JSON.stringify({ length: 10, left: 0, refused: 'sample.refused' }),
    });
  });
});
