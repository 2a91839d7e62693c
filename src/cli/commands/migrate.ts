import type { Command } from '../command.ts';

export const migrate: Command = {
  name: 'migrate',
  summary: 'Bring the schema of the database up to date',
  usage: ['', 'Every start of the server does it too. Run it before where the start should be short.'],
  options: {},
  async run(context) {
    const { runTask } = await import('../../app/run-task.ts');
    const { showMigrations } = await import('../../app/tasks/show-migrations.ts');
    await runTask(context.config(), showMigrations, {}, context);
    return 0;
  },
};
