import { Command, CommanderError } from 'commander';
import { isRindError } from '@rind/kernel';
import { showAudit } from './commands/audit.ts';
import { getFiles } from './commands/get.ts';
import { inspect } from './commands/inspect.ts';
import { operate, operatorVerbs } from './commands/operator.ts';
import type { OperatorOptions } from './commands/operator.ts';
import { showStatus } from './commands/status.ts';
import { createToken } from './commands/token.ts';
import type { TokenOptions } from './commands/token.ts';
import { verifyFiles } from './commands/verify.ts';
import { exitCodes } from './exit-codes.ts';
import { dataDirOf, readInstance } from './instance.ts';
import type { LocalInstance } from './instance.ts';
import { Output } from './output.ts';
import { openIndex, openUpdater } from './repository-source.ts';
import type { SourceOptions } from './repository-source.ts';

interface Shared {
  readonly json?: boolean;
  readonly data?: string;
  readonly url?: string;
}

/** Runs one command: its result on stdout, its error in one form, its exit code from one table. */
function action<Options extends Shared>(
  work: (instance: () => LocalInstance, options: Options, output: Output) => Promise<number | void>,
): (options: Options) => Promise<void> {
  return async (options) => {
    const output = new Output(options.json === true);
    try {
      const instance = (): LocalInstance => readInstance(dataDirOf(options.data, process.env));
      process.exitCode = (await work(instance, options, output)) ?? exitCodes.ok;
    } catch (error) {
      process.exitCode = output.fail(error);
    }
  };
}

const program = new Command('rind')
  .description('Rind: a Python package index that survives its own compromise.')
  .version('0.1.0')
  .exitOverride();

function shared(command: Command, example: string): Command {
  return command
    .option('--json', 'one JSON object a line')
    .option('--data <dir>', 'folder of the instance (or RIND_DATA; default .rind)')
    .addHelpText('after', `\nExample:\n  $ npx rind ${example}`)
    .exitOverride();
}

function source(command: Command): Command {
  return command
    .option('--metadata-url <url>', 'any TUF repository instead of the instance')
    .option('--target-base-url <url>', 'where its targets are')
    .option('--root <file>', 'the root to trust at first')
    .option('--dir <dir>', 'where trusted metadata is kept');
}

const token = program.command('token').description('API tokens').exitOverride();
shared(
  token.command('create').description('make a token for an author (operator)'),
  'token create --project demo --expires 90d',
)
  .option('--user <name>', 'the account; made when it is missing')
  .option('--project <name...>', 'limit the token to these projects')
  .option('--expires <when>', 'ISO 8601, or days like 90d')
  .option('--description <text>', 'shown where tokens are listed')
  .action(
    action<Shared & TokenOptions>((instance, options, output) => createToken(instance(), options, output)),
  );

shared(program.command('status').description('what is wrong, and what to do'), 'status --json')
  .option('--url <url>', 'a remote instance')
  .action(
    action<Shared>(async (instance, options, output) => {
      const healthy = await showStatus(options.url ?? instance().url, output);
      return healthy ? exitCodes.ok : exitCodes.failed;
    }),
  );

shared(
  program.command('audit').description('the audit log, oldest first'),
  'audit --event path.rewritten --json',
)
  .option('--since <when>', 'ISO 8601')
  .option('--event <code>', 'only this event')
  .action(
    action<Shared & { since?: string; event?: string }>((instance, options, output) =>
      showAudit(instance(), options, output),
    ),
  );

const get = shared(
  program
    .command('get')
    .description('download a release, every byte verified')
    .argument('<project[==version]>'),
  'get rind-demo==1.0.0 --out downloads',
)
  .option('--file <name>', 'only this file')
  .option('--out <dir>', 'where to (default: here)');
source(get).action((requirement: string, options: Shared & SourceOptions & { file?: string; out?: string }) =>
  action<typeof options>((instance, given, output) =>
    getFiles(openIndex(given, instance), requirement, given, output),
  )(options),
);

const verify = shared(
  program.command('verify').description('check files you have against what is signed').argument('<file...>'),
  'verify rind_demo-1.0.0-py3-none-any.whl',
);
source(verify).action((files: string[], options: Shared & SourceOptions) =>
  action<typeof options>((instance, given, output) => {
    const api = given.metadataUrl === undefined ? instance().url : null;
    return verifyFiles(openUpdater(given, instance), files, api, output);
  })(options),
);

shared(
  program.command('inspect').description('show any TUF file in words').argument('<file|url>'),
  'inspect .rind/store/metadata/1.root.json',
).action((target: string, options: Shared) =>
  action<Shared>((_instance, _given, output) => inspect(target, output))(options),
);

const operator = program
  .command('operator')
  .description('what only the operator may do, with the operator’s key')
  .exitOverride();
for (const verb of operatorVerbs) {
  const command = shared(
    operator.command(verb).description(describeVerb(verb)).argument('<project[==version]|filename>'),
    `operator ${verb} ${verb === 'restore' ? 'rind_demo-1.0.0-py3-none-any.whl' : 'rind-demo'}${verb === 'status' ? ' --to archived' : ''} --reason "…"`,
  )
    .option('--reason <text>', 'shown to installers where the page has a place for it')
    .option('--key-file <file>', 'the operator’s key (default: the instance’s)')
    .option('--passphrase-file <file>', 'its passphrase');
  if (verb === 'status') command.option('--to <status>', 'active, archived, quarantined or deprecated');
  command.action((subject: string, options: Shared & OperatorOptions) =>
    action<typeof options>((instance, given, output) =>
      operate(instance(), openIndex({}, instance), verb, subject, given, output),
    )(options),
  );
}

function describeVerb(verb: (typeof operatorVerbs)[number]): string {
  return {
    yank: 'keep files installable only by exact version',
    unyank: 'undo a yank',
    delete: 'take files out of the index; their names stay reserved',
    restore: 'bring a deleted or revoked file back',
    revoke: 'take files out so that only an operator can bring them back',
    status: 'set a project’s status',
  }[verb];
}

try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed its own message.
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else process.exitCode = new Output(false).fail(isRindError(error) ? error : new Error(String(error)));
}
