import { Command, Option } from 'commander';
import { addCeremonies, addKeyRecovery, addRotation } from './ceremony/ceremony-program.ts';
import { showAudit } from './commands/audit.ts';
import type { AuditOptions } from './commands/audit.ts';
import { auditRepository, targetsModes } from './commands/fsck.ts';
import type { FsckCommandOptions } from './commands/fsck.ts';
import { showCrashPoints } from './commands/crash-points.ts';
import { sweep } from './commands/gc.ts';
import type { GcOptions } from './commands/gc.ts';
import { getFiles } from './commands/get.ts';
import type { GetOptions } from './commands/get.ts';
import { inspect } from './commands/inspect.ts';
import { operate } from './commands/operator.ts';
import type { OperatorOptions } from './commands/operator.ts';
import { recoverDatabase } from './commands/recover-database.ts';
import type { RecoverDatabaseOptions } from './commands/recover-database.ts';
import { showStatus } from './commands/status.ts';
import type { StatusOptions } from './commands/status.ts';
import { createToken } from './commands/token.ts';
import type { TokenOptions } from './commands/token.ts';
import { uploadFiles } from './commands/upload.ts';
import type { UploadOptions } from './commands/upload.ts';
import { verifyFiles } from './commands/verify.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Invocation, SharedOptions } from './invocation.ts';
import { operatorVerbs, projectStatuses } from './operator-subjects.ts';
import type { OperatorVerb } from './operator-subjects.ts';
import type { SourceOptions } from './repository-source.ts';

/** A command's work, after its arguments and options were read. */
export type Work = (invocation: Invocation) => Promise<ExitCode | void>;

/**
 * All commands with their options and help.
 * @param run does a command's work and sets the exit code
 * @param complain gets the one line of a wrong usage
 */
export function buildProgram(
  run: (options: SharedOptions, work: Work) => Promise<void>,
  complain: (text: string) => void,
): Command {
  const program = new Command('rind')
    .description('Rind: a Python package index that survives its own compromise.')
    .version('0.1.0')
    .exitOverride()
    .configureOutput({ outputError: complain })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      'after',
      '\nExample:\n  $ npx rind get rind-demo --out downloads\n\nrind COMMAND --help has an example for each.',
    );

  const get = described(
    program.command('get'),
    'download a release, every byte verified',
    'get rind-demo==1.0.0 --out downloads',
  )
    .argument(
      '<project[==version]>',
      'without a version: the newest that is neither yanked nor a pre-release',
    )
    .option('--file <name>', 'only this file')
    .option('--out <dir>', 'where to (default: here)');
  fromAnywhere(get).action((requirement: string, options: SharedOptions & GetOptions) =>
    run(options, (invocation) => getFiles(invocation, requirement, options)),
  );

  const verify = described(
    program.command('verify'),
    'check files you have against what is signed',
    'verify rind_demo-1.0.0-py3-none-any.whl',
  ).argument('<file...>', 'wheels and source distributions; their names tell the project');
  fromAnywhere(verify).action((files: string[], options: SharedOptions & SourceOptions) =>
    run(options, (invocation) => verifyFiles(invocation, files, options)),
  );

  described(
    program.command('upload'),
    'publish files, each with a token narrowed to it',
    'upload dist/* --token-file token.txt',
  )
    .argument('<file...>', 'wheels and source distributions; their names tell project and version')
    .option('--repository-url <url>', 'the upload address of an index (default: the instance’s)')
    .option('--token-file <file>', 'the token (default: RIND_TOKEN, else TWINE_PASSWORD)')
    .option('--no-wait', 'do not wait until the files are signed')
    .action((files: string[], options: SharedOptions & UploadOptions) =>
      run(options, (invocation) => uploadFiles(invocation, files, options)),
    );

  described(
    program.command('inspect'),
    'show any TUF file in words',
    'inspect .rind/store/metadata/1.root.json',
  )
    .argument('<file|url>', 'a metadata file')
    .action((source: string, options: SharedOptions) =>
      run(options, (invocation) => inspect(invocation, source)),
    );

  described(program.command('status'), 'what is wrong, and what to do', 'status --json')
    .option('--url <url>', 'a remote instance')
    .action((options: SharedOptions & StatusOptions) =>
      run(options, (invocation) => showStatus(invocation, options)),
    );

  const token = program.command('token').description('API tokens');
  described(
    token.command('create'),
    'make an upload token and print it alone',
    'token create --project demo --expires 90d',
  )
    .option('--user <name>', 'the account; made when it is missing')
    .option('--project <name...>', 'limit the token to these projects')
    .option('--expires <when>', 'ISO 8601, or days like 90d (default: never)')
    .option('--description <text>', 'shown where tokens are listed')
    .action((options: SharedOptions & TokenOptions) =>
      run(options, (invocation) => createToken(invocation, options)),
    );

  described(program.command('audit'), 'the audit log, oldest first', 'audit --event path.rewritten --json')
    .option('--since <when>', 'ISO 8601')
    .option('--event <code>', 'only this event')
    .action((options: SharedOptions & AuditOptions) =>
      run(options, (invocation) => showAudit(invocation, options)),
    );

  described(
    program.command('fsck'),
    'audit a whole repository, as an outsider',
    'fsck https://index.example --root 1.root.json --targets all',
  )
    .argument(
      '[location]',
      'folder, http(s):// or s3:// address that holds metadata/ and targets/ (default: the instance’s)',
    )
    .option('--root <file>', 'the root to trust (default: the instance’s)')
    .addOption(
      new Option('--targets <which>', 'the target files to read').choices(targetsModes).default('sample'),
    )
    .option('--seed <number>', 'chooses the sample (default: another one each time)')
    .option('--database', 'compare with the database of the instance')
    .action((location: string | undefined, options: SharedOptions & FsckCommandOptions) =>
      run(options, (invocation) => auditRepository(invocation, location, options)),
    );

  described(
    program.command('gc'),
    'what nothing signed needs any more: report it, or delete it',
    'gc --delete',
  )
    .option('--delete', 'delete what has not been needed for the grace period')
    .action((options: SharedOptions & GcOptions) => run(options, (invocation) => sweep(invocation, options)));

  const operator = program
    .command('operator')
    .description('what only the operator may do, with the operator’s key');
  for (const verb of operatorVerbs) addOperatorVerb(operator, verb, run);
  addCeremonies(program, { run, described });
  addRotation(program, { run, described });
  const recover = program.command('recover').description('after something went badly wrong');
  addKeyRecovery(recover, { run, described });
  described(
    recover.command('database'),
    'after the index database was set back: make it what is published',
    'recover database --dry-run',
  )
    .option('--dry-run', 'say what differs, and change nothing')
    .action((options: SharedOptions & RecoverDatabaseOptions) =>
      run(options, (invocation) => recoverDatabase(invocation, options)),
    );
  const dev = program.command('dev').description('for those who develop Rind itself');
  described(
    dev.command('crash-points'),
    'the places at which RIND_CRASH_AT and RIND_STOP_AT work',
    'dev crash-points --json',
  ).action((options: SharedOptions) => run(options, (invocation) => showCrashPoints(invocation)));
  return program;
}

/** What every command has: what it does, --json, --data, an example. */
function described(command: Command, description: string, example: string): Command {
  return command
    .description(description)
    .option('--json', 'one JSON object a line')
    .option('--data <dir>', 'folder of the instance (default: RIND_DATA, else .rind in the checkout)')
    .addHelpText('after', `\nExample:\n  $ npx rind ${example}`);
}

function fromAnywhere(command: Command): Command {
  return command
    .option('--url <url>', 'a remote Rind index instead of the instance; with --root and --dir')
    .option('--metadata-url <url>', 'any TUF repository instead; with --target-base-url, --root and --dir')
    .option('--target-base-url <url>', 'where its targets are')
    .option('--root <file>', 'the root to trust at first')
    .option('--dir <dir>', 'where trusted metadata is kept');
}

const operatorHelp: Readonly<Record<OperatorVerb, readonly [does: string, example: string]>> = {
  yank: [
    'keep files installable only by exact version',
    'yank rind-demo==1.0.0 --reason "broken on Windows"',
  ],
  unyank: ['undo a yank', 'unyank rind-demo==1.0.0'],
  delete: ['take files out of the index; their names stay reserved', 'delete rind_demo-1.0.0.tar.gz'],
  restore: ['bring deleted or revoked files back', 'restore rind_demo-1.0.0.tar.gz'],
  revoke: [
    'take files out so that only an operator can bring them back',
    'revoke rind-demo==1.0.0 --reason malware',
  ],
  status: ['set the status of a project', 'status rind-demo --to archived --reason "moved to other-demo"'],
};

function addOperatorVerb(
  operator: Command,
  verb: OperatorVerb,
  run: (options: SharedOptions, work: Work) => Promise<void>,
): void {
  const [does, example] = operatorHelp[verb];
  const command = described(operator.command(verb), does, `operator ${example}`);
  if (verb === 'status') {
    const to = new Option('--to <status>', 'what it becomes').choices(projectStatuses).makeOptionMandatory();
    command.argument('<project>').addOption(to);
  } else {
    command.argument('<project[==version]|filename>', 'without a version: every file of the project');
  }
  command
    .option('--reason <text>', 'shown to installers where the page has a place for it; one line')
    .option('--key-file <file>', 'the operator’s key (default: the instance’s)')
    .option('--passphrase-file <file>', 'its passphrase (default: the instance’s)')
    .action((subject: string, options: SharedOptions & OperatorOptions) =>
      run(options, (invocation) => operate(invocation, verb, subject, options)),
    );
}
