import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs, systemRandomness, toHex } from '@rind/kernel';
import { findServerBinary } from './binary.ts';

const REGION = 'us-east-1';
const HEALTH = '/health';
/** Generous: the machine may be busy with other tests. */
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 25;

export interface S3ServerOptions {
  /** Folder for the objects; created when missing, and kept. */
  readonly dataDir: string;
  /** 0 (the default) takes a free one. */
  readonly port?: number;
}

/** A real S3 server (versitygw over a folder) that checks the signature of every request. */
export interface S3Server {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Process id of the server that runs now. */
  readonly pid: number;
  createBucket(name: string): Promise<void>;
  /** Folder of a bucket's objects: what is changed in it, the server serves. */
  bucketDir(name: string): string;
  /** Ends it with SIGTERM. */
  stop(): Promise<void>;
  /** Ends it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it anew at the same address on the same objects, after it was ended or while it runs. */
  restart(): Promise<void>;
}

/** Starts a server on 127.0.0.1 and returns when it answers. Throws `S3ServerMissing` where it cannot be had. */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const binary = await findServerBinary();
  const port = options.port || (await freePort());
  const server = new VersityServer(binary, options.dataDir, port);
  await server.restart();
  return server;
}

class VersityServer implements S3Server {
  readonly endpoint: string;
  readonly region = REGION;
  readonly accessKeyId = `test${toHex(systemRandomness.bytes(8))}`;
  readonly secretAccessKey = toHex(systemRandomness.bytes(20));
  private readonly binary: string;
  private readonly dataDir: string;
  private readonly port: number;
  private child: ChildProcess | null = null;
  private said = '';

  constructor(binary: string, dataDir: string, port: number) {
    this.binary = binary;
    this.dataDir = dataDir;
    this.port = port;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  bucketDir(name: string): string {
    return join(this.dataDir, name);
  }

  /** versitygw takes each folder for a bucket. Its owner is root, who is the only user here. */
  async createBucket(name: string): Promise<void> {
    await mkdir(this.bucketDir(name), { recursive: true });
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await mkdir(this.dataDir, { recursive: true });
    const child = spawn(
      this.binary,
      [
        '--port',
        `127.0.0.1:${this.port}`,
        '--health',
        HEALTH,
        '--keep-alive',
        '--quiet',
        'posix',
        this.dataDir,
      ],
      {
        env: {
          PATH: process.env['PATH'],
          ROOT_ACCESS_KEY_ID: this.accessKeyId,
          ROOT_SECRET_ACCESS_KEY: this.secretAccessKey,
          VGW_REGION: REGION,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.said = '';
    const note = (chunk: Buffer) => void (this.said = `${this.said}${chunk}`.slice(-4_000));
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.on('error', (error) => note(Buffer.from(String(error))));
    this.child = child;
    await this.ready(child);
  }

  private async ready(child: ChildProcess): Promise<void> {
    const deadline = monotonicMs() + START_TIMEOUT_MS;
    while (!(await answers(`${this.endpoint}${HEALTH}`))) {
      if (child.exitCode !== null || child.pid === undefined || monotonicMs() > deadline) {
        await this.kill();
        throw new Error(`the S3 server did not start: ${this.said}`);
      }
      await sleep(POLL_MS);
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = null;
    if (child === null || child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

/** Somebody else may take it before the server does; then the server does not start. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
