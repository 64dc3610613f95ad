import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { machineEnvironment } from './environment.ts';
import { Instance } from './instance.ts';
import { places } from './places.ts';
import { until } from './until.ts';

export interface InstanceOptions {
  /** Further arguments of `npm start`. */
  readonly args?: readonly string[];
  /** Variables on top of the user's own. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningSupervisor {
  readonly instance: Instance;
  /** All that it printed so far. */
  readonly printed: string;
  /** SIGTERM; answers the exit code, null when it had to be killed. */
  stop(): Promise<number | null>;
}

const readyTimeoutMs = 300_000;
const stopTimeoutMs = 60_000;

/** Starts an instance of its own on free ports, and waits until it takes uploads. */
export async function startInstance(
  dataDir: string,
  { args = [], env = {} }: InstanceOptions = {},
): Promise<RunningSupervisor> {
  const all = [places.supervisor, '--data', dataDir, '--port', '0', '--no-demo', ...args];
  const child = spawn(process.execPath, all, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...machineEnvironment(), ...env },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  let broken: Error | undefined;
  child.on('error', (error) => (broken = error));
  const isReady = (): boolean => {
    if (broken !== undefined) throw broken;
    if (hasEnded(child)) throw new Error(`exited with ${child.exitCode ?? child.signalCode}`);
    return /^RIND READY /m.test(printed);
  };
  try {
    await until('RIND READY is printed', isReady, readyTimeoutMs);
    const instance = new Instance(dataDir);
    return {
      instance,
      get printed() {
        return printed;
      },
      stop: () => stopChild(child),
    };
  } catch (error) {
    if (broken === undefined) await stopChild(child);
    const reason = `the instance did not start: ${(error as Error).message}`;
    throw new Error(`${reason}\n${printed.slice(-2_000)}`, { cause: error });
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function stopChild(child: ChildProcess): Promise<number | null> {
  if (hasEnded(child)) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
    child.kill('SIGTERM');
  });
}
