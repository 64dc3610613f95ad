import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trustAuthority } from '@rind/client-node';
import { mustRun, runCommand } from './command.ts';
import type { Outcome } from './command.ts';
import { machineEnvironment } from './environment.ts';
import { places } from './places.ts';

/** What we use of `rind.json`. */
interface InstanceFile {
  readonly ready: boolean;
  readonly url: string;
  readonly upload: string;
  readonly simple: string;
  readonly metadata: string;
  readonly targets: string;
  readonly root: string;
  /** Where people meet auth in their browsers. */
  readonly auth: string;
  /** Whom to trust for `url`, where that is https. */
  readonly ca: string | null;
  /** The first account, which can sign in. */
  readonly user: string;
  readonly password: string;
  /** A token of the first account, for any project. */
  readonly token: string;
  /** Holds `metadata` and `targets`. */
  readonly store: { readonly path: string };
  /** Process ids; null while a process is being started again. */
  readonly processes: Readonly<Record<'gate' | 'warehouse' | 'auth', number | null>> & {
    readonly signer: readonly (number | null)[];
  };
}

/** What we use of a receipt. */
export interface Receipt {
  readonly state: string;
  /** Version of the timestamp role that first showed the file. */
  readonly timestampVersion: number | null;
}

/** A running Rind, spoken to only by its public names. */
export class Instance {
  /** As it was when the instance became ready; names and folders stay as they are. */
  readonly file: InstanceFile;
  readonly dataDir: string;

  constructor(dataDir: string) {
    this.dataDir = dataDir;
    this.file = this.current();
    assert.equal(this.file.ready, true, 'rind.json says that the instance is not ready');
    if (this.file.ca !== null) trustAuthority(this.file.ca);
  }

  /** `rind.json` as it is now. */
  current(): InstanceFile {
    return JSON.parse(readFileSync(join(this.dataDir, 'rind.json'), 'utf8')) as InstanceFile;
  }

  /** A token of one account, limited to these projects. */
  async createToken(user: string, projects: readonly string[]): Promise<string> {
    const limits = projects.flatMap((project) => ['--project', project]);
    const args = ['token', 'create', '--user', user, ...limits, '--expires', '1d'];
    const { stdout } = await mustRun(process.execPath, [places.cli, ...args, '--data', this.dataDir], {
      environment: machineEnvironment(),
    });
    const token = stdout.trim();
    assert.match(token, /^pypi-[A-Za-z0-9_-]+$/, 'rind token create prints the token alone');
    return token;
  }

  /** Runs `rind …` against this instance. */
  rind(args: readonly string[]): Promise<Outcome> {
    return runCommand(process.execPath, [places.cli, ...args, '--data', this.dataDir], {
      environment: machineEnvironment(),
    });
  }

  /** Waits until the upload with this content can be verified by clients. */
  async waitVerifiable(sha256: string): Promise<Receipt> {
    const answer = await fetch(`${this.file.url}/api/v1/uploads?sha256=${sha256}&wait=60`);
    const receipt = (await answer.json()) as Receipt;
    assert.equal(receipt.state, 'verifiable', `receipt ${answer.status} ${JSON.stringify(receipt)}`);
    return receipt;
  }
}

/** `rind …` away from any instance. */
export function runRind(args: readonly string[]): Promise<Outcome> {
  return runCommand(process.execPath, [places.cli, ...args], { environment: machineEnvironment() });
}
