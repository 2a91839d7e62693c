import { type Command, required } from '../command.ts';
import { readPassword } from '../read-password.ts';

export const userCreate: Command = {
  name: 'user create',
  summary: 'Make an account',
  usage: [
    '--login LOGIN [--name NAME] [--password PASSWORD] [--admin]',
    '--login     E-mail address, username, or phone number in international form',
    '--name      Name that others see; without it, the login up to its @',
    '--password  Without it: the first line of standard input, or a prompt. Others on this machine can see what',
    '            stands on a command line. A phone number needs none: leave it empty.',
    '--admin     May administer the installation',
  ],
  options: {
    login: { type: 'string' },
    name: { type: 'string' },
    password: { type: 'string' },
    admin: { type: 'boolean' },
  },
  async run(context) {
    const { values } = context;
    const login = required(values, 'login');
    const password = typeof values.password === 'string' ? values.password : await readPassword(login);
    const isPhone = login.startsWith('+');
    const { runTask } = await import('../../app/run-task.ts');
    const { createUser } = await import('../../app/tasks/create-user.ts');
    await runTask(
      context.config(),
      createUser,
      {
        login,
        name: typeof values.name === 'string' ? values.name : isPhone ? '' : (login.split('@')[0] ?? login),
        role: values.admin === true ? 'admin' : 'user',
        ...((password !== '' || !isPhone) && { password }),
      },
      context,
    );
    return 0;
  },
};
