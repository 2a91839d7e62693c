import { Fields } from '../../kit/fields.ts';

/** What a person says of themselves. */
export function readProfile(fields: Fields, options: { nameRequired: boolean }) {
  const names = ['displayName', 'name'];
  const nameRule = { min: 1, max: 50, message: 'Display name must be between 1 and 50 characters' };
  const name = options.nameRequired ? fields.requiredText(names, nameRule) : fields.text(names, nameRule);
  const about = fields.text('bio', { max: 150, message: 'Bio must be less than 150 characters' });
  const username = fields.text('username', { max: 100, message: usernameRule });
  if (username !== undefined && !/^[A-Za-z0-9_]{3,30}$/.test(username)) fields.problem('username', usernameRule);
  return {
    ...(name !== undefined && { name }),
    ...(about !== undefined && { about }),
    ...(username !== undefined && { username: username.toLowerCase() }),
  };
}
const usernameRule = 'Username must be 3-30 characters: letters, numbers and underscores';

/** What somebody does at the moment; one without text and emoji is none. Undefined: as it is. */
export function readCustomStatus(fields: Fields) {
  const value = fields.object('customStatus');
  if (!value) return undefined;
  const inner = new Fields(value);
  const text = inner.text('text', { max: 140, message: '' }) ?? '';
  const emoji = inner.text('emoji', { max: 32, message: '' }) ?? '';
  const expiresAt = inner.date('expiresAt', '') ?? null;
  try {
    inner.assertValid();
  } catch {
    fields.problem('customStatus', 'Custom status has a text of up to 140 characters, an emoji, and a date');
  }
  return text === '' && emoji === '' ? null : { text, emoji, expiresAt };
}
