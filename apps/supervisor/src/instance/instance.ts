import { readFileSync } from 'node:fs';
import { freePorts, startPostgres } from '@rind/embedded-postgres';
import type { Postgres } from '@rind/embedded-postgres';
import { countBins, ensureRoles, migrate, openPool } from '@rind/database';
import type { Pool } from '@rind/database';
import type { Clock, Randomness } from '@rind/kernel';
import { trustAuthority } from '@rind/client-node';
import { holdCeremony } from '../ceremony/ceremony.ts';
import { demoToken, demoUser } from '../demo/account.ts';
import { seedDemo } from '../demo/demo.ts';
import { Front } from '../front/front.ts';
import { credentialEnvironment, environments, inheritedEnvironment } from '../processes/environment.ts';
import { ProcessSet } from '../processes/process-set.ts';
import { checkStore } from '../store/store-owner.ts';
import { LocalAuthority } from '../tls/local-authority.ts';
import type { DataDir } from './data-dir.ts';
import { CurrentFile } from './current-file.ts';
import { correctInstanceFile, instanceText, noProcesses } from './instance-file.ts';
import type { InstanceFile } from './instance-file.ts';
import type { StartOptions } from './options.ts';
import { loadSecrets } from './secrets.ts';
import type { InstanceSecrets } from './secrets.ts';
import { decideSettings, keepSettings } from './settings.ts';
import type { InstanceSettings } from './settings.ts';

export interface InstanceParts {
  readonly data: DataDir;
  readonly options: StartOptions;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
  readonly progress: (done: number, total: number) => void;
  readonly newName: () => string;
}

/** A running instance: database, processes and front, started in order and stopped in reverse. */
export class Instance {
  private readonly parts: InstanceParts;
  private readonly instanceFile: CurrentFile;
  private starting: Promise<Postgres> | undefined;
  private postgres: Postgres | undefined;
  private front: Front | undefined;
  private processes: ProcessSet | undefined;
  private file: InstanceFile | undefined;
  private seeded = false;
  private readonly stopping = new AbortController();

  constructor(parts: InstanceParts) {
    this.parts = parts;
    this.instanceFile = new CurrentFile(parts.data.instanceFile, parts.say);
  }

  async start(): Promise<InstanceFile> {
    const { data, options, randomness, clock, say } = this.parts;
    const settings = decideSettings(data, options, this.parts.newName);
    correctInstanceFile(data);
    await checkStore(settings.store, data);
    this.stopping.signal.throwIfAborted();
    keepSettings(data, settings);
    const secrets = loadSecrets(data, randomness);
    this.starting = startPostgres({
      dataDir: data.postgres,
      port: 0,
      randomness,
      log: say,
      onChange: () => this.refreshFile(),
    });
    this.postgres = await this.starting;
    this.stopping.signal.throwIfAborted();
    await this.prepareDatabases(settings, secrets);
    await this.startProcesses(settings, secrets);
    await this.processes!.ready();
    const token = await demoToken(data, this.file!.endpoints.auth, secrets);
    this.file = { ...this.file!, token };
    if (options.demo) {
      say('uploading the demo project through the public address');
      await seedDemo({
        publicUrl: this.file.url,
        token,
        folder: data.demo,
        rootBytes: readFileSync(data.rootFile(settings.store)),
        clock,
        randomness,
      });
    }
    this.seeded = true;
    this.refreshFile();
    return this.file;
  }

  /** Also in the middle of a start, which then fails; every step of it can be done again. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.seeded = false;
    this.refreshFile();
    await this.processes?.stop();
    await this.front?.close();
    const postgres = await this.starting?.catch(() => undefined);
    await postgres?.stop();
    this.refreshFile();
  }

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async prepareDatabases(settings: InstanceSettings, secrets: InstanceSecrets): Promise<void> {
    const { data, clock, randomness, progress, say } = this.parts;
    const postgres = this.postgres!;
    await ensureRoles({ superuserUrl: postgres.superuserUrl('postgres'), passwords: secrets.database });
    const owner = (database: string): string => postgres.url(database, 'rind_owner', secrets.database.owner);
    await migrate({ ownerUrl: owner('rind_index'), which: 'index' });
    await migrate({ ownerUrl: owner('rind_auth'), which: 'auth' });
    const pool: Pool = openPool(owner('rind_index'), { max: 1, name: 'ceremony' });
    try {
      if ((await countBins(pool)) === 0) {
        say(`holding a development ceremony: every key stays on this machine, never use them for real`);
        await holdCeremony({ data, settings, clock, randomness, database: pool, progress });
      }
    } finally {
      await pool.close();
    }
  }

  private async startProcesses(settings: InstanceSettings, secrets: InstanceSecrets): Promise<void> {
    const { data, options, environment, randomness } = this.parts;
    const [gate, warehouse, auth, ...signers] = (await freePorts(3 + options.signers)) as [
      number,
      number,
      number,
      ...number[],
    ];
    const origin = (port: number): string => `http://127.0.0.1:${port}`;
    const authority = options.tls ? await LocalAuthority.open(data, randomness) : null;
    if (authority !== null) trustAuthority(authority.file);
    const routes = { gate: origin(gate), warehouse: origin(warehouse), auth: origin(auth) };
    this.front = new Front(routes, authority);
    const port = await this.front.listen(options.port);
    const url = authority === null ? origin(port) : `https://127.0.0.1:${port}`;
    this.stopping.signal.throwIfAborted();
    const { database } = secrets;
    const index = (role: string): string =>
      this.postgres!.url('rind_index', role, role === 'rind_signer' ? database.signer : database.warehouse);
    const authDatabase = this.postgres!.url('rind_auth', 'rind_auth', database.auth);
    const env = environments(
      data,
      settings,
      secrets,
      { gate, warehouse, auth, signers, publicUrl: url, databases: { index, auth: () => authDatabase } },
      inheritedEnvironment(environment),
      credentialEnvironment(environment),
    );
    this.processes = new ProcessSet(data, () => this.refreshFile(), this.parts.say);
    this.processes.add('auth', 'auth', env.auth, origin(auth));
    this.processes.add('signer', 'signer', env.signers[0]!, origin(signers[0]!));
    for (let i = 1; i < signers.length; i++) {
      this.processes.add(`signer-${i + 1}`, 'signer', env.signers[i]!, origin(signers[i]!));
    }
    this.processes.add('warehouse', 'warehouse', env.warehouse, origin(warehouse));
    this.processes.add('gate', 'gate', env.gate, origin(gate));
    this.file = {
      ready: false,
      url,
      upload: `${url}/legacy/`,
      simple: `${url}/simple/`,
      metadata: `${url}/metadata/`,
      targets: `${url}/targets/`,
      auth: `http://localhost:${auth}`,
      mail: `${origin(auth)}/mailbox`,
      root: data.rootFile(settings.store),
      ca: authority?.file ?? null,
      token: null,
      user: demoUser,
      password: secrets.demoPassword,
      store: settings.store,
      db: { warehouse: index('rind_warehouse'), signer: index('rind_signer'), auth: authDatabase },
      endpoints: {
        gate: origin(gate),
        warehouse: origin(warehouse),
        auth: origin(auth),
        signer: signers.map(origin),
      },
      processes: noProcesses,
      operator: {
        authSecret: secrets.operatorAuth,
        signerSecret: secrets.operatorSigner,
        keyFile: data.key('operator/operator'),
        passphraseFile: data.passphraseFile,
      },
      repository: settings.repository,
    };
    this.processes.start();
  }

  /** Keeps `rind.json` current: called whenever a process came, went or became ready. */
  private refreshFile(): void {
    const { processes, postgres } = this;
    if (this.file === undefined || processes === undefined) return;
    this.file = {
      ...this.file,
      ready: this.seeded && processes.allReady && (postgres?.pid ?? null) !== null,
      processes: {
        supervisor: process.pid,
        postgres: postgres?.pid ?? null,
        gate: processes.pid('gate'),
        warehouse: processes.pid('warehouse'),
        auth: processes.pid('auth'),
        signer: processes.pids('signer'),
      },
    };
    this.instanceFile.write(instanceText(this.file));
  }
}
