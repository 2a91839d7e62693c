import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../app/tasks/task.ts';
import { environment } from '../../config/index.ts';
import { type Command, required, UsageError } from '../command.ts';

export const copy: Command = {
  name: 'copy',
  summary: 'Move an embedded installation to a PostgreSQL server',
  usage: [
    '--to URL',
    '--to  postgres://user:password@host:5432/database, an empty database with encoding UTF8. Leave the password out',
    '      and set PGPASSWORD, and others on this machine do not see it.',
    '',
    'Copies everything in one transaction: after a failure or an interruption the target is empty. A running server',
    'waits until it is done, for the embedded database has one connection. What is stored afterwards is not in the',
    'copy, so stop the server right after it, or better before.',
  ],
  options: { to: { type: 'string' } },
  async run(context) {
    const url = targetUrl(required(context.values, 'to'));
    const config = context.config();
    if (config.databaseUrl !== null) {
      throw new CommandError(
        'DATABASE_URL is set: this installation is on PostgreSQL already. Use pg_dump to copy it.',
      );
    }
    if (!existsSync(join(config.dataDirectory, 'database'))) {
      throw new CommandError(`There is no embedded database in ${config.dataDirectory}. Set PARLEY_DATA_DIR.`);
    }
    const { runTask } = await import('../../app/run-task.ts');
    const { copyToPostgres } = await import('../../app/tasks/copy-to-postgres.ts');
    const { rows } = await runTask(config, copyToPostgres, { url: url.href }, context);
    context.print(`Copied ${rows} rows to ${url.host}${url.pathname}, and compared them.`);
    context.print('');
    context.print('Now stop the server, if it runs, and set:');
    context.print('- DATABASE_URL to what you gave as --to (with the password)');
    context.print(
      config.secret === null
        ? `- JWT_SECRET to the content of the file ${join(config.dataDirectory, 'secret')}, or everybody is signed out`
        : '- JWT_SECRET to what it is now, or everybody is signed out',
    );
    if (config.blobs.store === 'disk') {
      context.print('');
      context.print(`Files are not copied: they stay in ${config.blobs.directory}. Take it along if the server moves.`);
    }
    return 0;
  },
};

function targetUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.host === '') {
    throw new UsageError('--to must be a URL such as postgres://user:password@host:5432/database.');
  }
  // A running server, which may do the work, does not have the environment of this command.
  if (url.password === '' && environment.PGPASSWORD) url.password = environment.PGPASSWORD;
  return url;
}
