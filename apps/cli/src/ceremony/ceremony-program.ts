import { Argument } from 'commander';
import type { Command } from 'commander';
import { offlineRoles } from '@rind/repository';
import type { OfflineRole } from '@rind/repository';
import { assemblePlan, planNext, publishSigned, signPlan } from '../commands/ceremony.ts';
import type { AssembleOptions, PlanOptions, PublishOptions, SignOptions } from '../commands/ceremony.ts';
import { recoverFastForward, recoverKeys, rotateOnline } from '../commands/rotate.ts';
import type { RotateOptions } from '../commands/rotate.ts';
import type { SharedOptions } from '../invocation.ts';
import type { Work } from '../program.ts';
import { WrittenChanges } from './changes.ts';
import { onlineRoles } from './rotation.ts';
import type { OnlineRole } from './rotation.ts';

export interface ProgramParts {
  readonly run: (options: SharedOptions, work: Work) => Promise<void>;
  /** Gives a command its description, the options that every command has, and an example. */
  readonly described: (command: Command, description: string, example: string) => Command;
}

/** `rind ceremony root|targets|bins plan|sign|assemble|publish`. */
export function addCeremonies(program: Command, parts: ProgramParts): void {
  const ceremony = program
    .command('ceremony')
    .description('the next version of an offline role: planned, signed by its holders, assembled, published');
  for (const role of offlineRoles) {
    const own = ceremony.command(role).description(`ceremony of ${role}`);
    addPlan(own, role, parts);
    addSign(own, role, parts);
    addAssemble(own, role, parts);
    addPublish(own, role, parts);
  }
}

function addPlan(own: Command, role: OfflineRole, { run, described }: ProgramParts): void {
  const written = new WrittenChanges();
  const collect = (value: string, all: readonly string[] = []): string[] => [...all, value];
  described(
    own.command('plan'),
    'write the unsigned next version: the same content with a new expiry, and what else is asked for',
    `ceremony ${role} plan --out ${role}.plan.json`,
  )
    .requiredOption('--out <file>', 'where the plan is written')
    .option('--expires <when>', 'ISO 8601, or days like 365d (default)')
    .option('--add-key <file>', 'a .pub.json file; the --role after it says for what', (file: string) =>
      written.key('add-key', file),
    )
    .option('--remove-key <keyid>', 'likewise', (keyId: string) => written.key('remove-key', keyId))
    .option('--role <role>', roleHelp[role], (name: string) => written.role(name))
    .option('--threshold <role=n>', 'how many keys must sign', collect)
    .option('--joining <file>', 'a key that may sign as well, for the root that comes next', collect)
    .option('--location <folder|url>', 'another repository than the instance’s: what holds metadata/')
    .action((options: SharedOptions & PlanOptions) =>
      run(options, (invocation) => planNext(invocation, role, options, written)),
    );
}

/** `rind rotate online …`. */
export function addRotation(program: Command, { run, described }: ProgramParts): void {
  const rotate = program.command('rotate').description('new keys for the signer');
  described(
    rotate.command('online'),
    'rotate online keys, from wherever a rotation stands to its end',
    'rotate online timestamp snapshot',
  )
    .addArgument(
      new Argument('<role...>', 'timestamp, snapshot (may go together), or bins').choices(onlineRoles),
    )
    .option('--emergency', 'the old key counts for nothing at once')
    .option('--now', 'bins: sign all that are left at once instead of within a day')
    .action((roles: OnlineRole[], options: SharedOptions & RotateOptions) =>
      run(options, (invocation) => rotateOnline(invocation, [...new Set(roles)], options)),
    );
}

/** `rind recover keys` and `rind recover fast-forward`. */
export function addKeyRecovery(recover: Command, { run, described }: ProgramParts): void {
  described(
    recover.command('fast-forward'),
    'after a thief published versions far ahead: new keys for timestamp and snapshot, so that clients forget them',
    'recover fast-forward',
  ).action((options: SharedOptions) => run(options, (invocation) => recoverFastForward(invocation)));
  described(
    recover.command('keys'),
    'after online keys were stolen or lost: all of them are replaced, and the old ones count for nothing at once',
    'recover keys',
  ).action((options: SharedOptions) => run(options, (invocation) => recoverKeys(invocation)));
}

const roleHelp: Readonly<Record<OfflineRole, string>> = {
  root: 'root, targets, snapshot or timestamp',
  targets: 'bins',
  bins: 'bin-n: every bin alike',
};

function addSign(own: Command, role: OfflineRole, { run, described }: ProgramParts): void {
  described(
    own.command('sign'),
    'show what changes and sign it, on the holder’s own machine; needs no network',
    `ceremony ${role} sign ${role}.plan.json --key ${role}-1.pem --passphrase-file passphrase`,
  )
    .argument('<plan>', 'the file that plan wrote')
    .requiredOption('--key <file>', 'the holder’s key')
    .requiredOption('--passphrase-file <file>', 'its passphrase')
    .option('--out <file>', 'where the signature is written (default: beside the plan)')
    .option('--root <file>', 'a root that the holder kept: the plan must follow from it')
    .option('--yes', 'do not ask at a terminal')
    .action((plan: string, options: SharedOptions & SignOptions) =>
      run(options, (invocation) => signPlan(invocation, role, plan, options)),
    );
}

function addAssemble(own: Command, role: OfflineRole, { run, described }: ProgramParts): void {
  described(
    own.command('assemble'),
    'put signatures together; says how many are missing',
    `ceremony ${role} assemble ${role}.plan.json signatures --out 2.${role}.json`,
  )
    .argument('<plan>', 'the file that plan wrote')
    .argument('<signature...>', 'files of signatures, or folders with .sig.json files')
    .requiredOption('--out <file>', 'where the signed file is written when there are enough')
    .action((plan: string, signatures: string[], options: SharedOptions & AssembleOptions) =>
      run(options, (invocation) => assemblePlan(invocation, role, plan, signatures, options)),
    );
}

function addPublish(own: Command, role: OfflineRole, { run, described }: ProgramParts): void {
  const command = described(
    own.command('publish'),
    'hand the signed file over to the signer and wait until it is in effect',
    `ceremony ${role} publish 2.${role}.json`,
  )
    .argument('<file>', 'what assemble wrote')
    .option('--wait <seconds>', 'how long to wait for the signer (default: 120)');
  if (role === 'root') {
    command.option('--emergency', 'online keys that go at once; the signer must have the new ones already');
  }
  command.action((file: string, options: SharedOptions & PublishOptions) =>
    run(options, (invocation) => publishSigned(invocation, role, file, options)),
  );
}
