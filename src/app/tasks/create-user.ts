import type { NewAccount } from '../../engine/auth/index.ts';
import type { Task } from './task.ts';

/** Makes an account. */
export const createUser: Task<NewAccount, { id: string }> = {
  name: 'create-user',
  migrates: true,
  async run({ auth, print }, account) {
    const { id } = await auth.createAccount(account);
    print(`Made the ${account.role} ${account.login} (${id}).`);
    return { id };
  },
};
