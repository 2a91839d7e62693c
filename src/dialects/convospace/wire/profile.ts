import { Fields } from '../../kit/fields.ts';

/** How long a username of this door may be. */
export const usernameLength = { min: 1, max: 50 } as const;

const usernameRule = 'username must have 1 to 50 letters, digits, dots or underscores';

/** The names that somebody chooses. An empty one is none. */
export function readNames(fields: Fields): { readonly name?: string; readonly username?: string } {
  const name = fields.text('full_name', { max: 100, message: 'full_name must have at most 100 characters' });
  const username = fields.text('username', { max: usernameLength.max, message: usernameRule });
  if (username && !/^[A-Za-z0-9_.]+$/.test(username)) fields.problem('username', usernameRule);
  return { ...(name && { name }), ...(username && { username }) };
}

/** What somebody says of themselves. Whatever is empty, zero or false says nothing; only the bio can be emptied. */
export function readProfile(input: Readonly<Record<string, unknown>>) {
  const said = Object.entries(input).filter(([name, value]) => value || (name === 'bio' && value === ''));
  const fields = new Fields(Object.fromEntries(said));
  const names = readNames(fields);
  const pictureRule = 'profile_picture must be an http or https URL of at most 500 characters';
  const picture = (['profile_picture', 'avatar_url'] as const).map((name) =>
    fields.text(name, { max: 500, message: pictureRule }),
  );
  const photoUrl = picture.find(Boolean);
  if (photoUrl && !/^https?:\/\/\S+$/i.test(photoUrl)) fields.problem('profile_picture', pictureRule);
  const about = fields.text('bio', { max: 500, message: 'bio must have at most 500 characters' });
  fields.assertValid();
  return { ...names, ...(photoUrl && { photoUrl }), ...(about !== undefined && { about }) };
}

/** Whether somebody wants to be online; undefined where nothing is said of it. */
export function readAvailability(input: Readonly<Record<string, unknown>>): 'online' | 'away' | 'offline' | undefined {
  const fields = new Fields(input);
  const online = fields.flag('is_online', 'is_online must be true or false');
  const status = fields.choice('status', ['online', 'away', 'offline'], 'status must be online, away or offline');
  fields.assertValid();
  if (online === undefined) return status;
  return online ? 'online' : 'offline';
}
