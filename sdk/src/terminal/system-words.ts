import type { Message } from '../index.ts';
import { oneLine } from './plain-text.ts';

/** What has happened, as a system message carries it. */
export type Happening = Extract<NonNullable<Message['content']>, { event: string }>;

/** What an app calls a person; `you` for oneself. */
export type Names = (personId: string) => string;

const hour = 3_600;

/** A system message in words, such as "Ann added Bob". */
export function systemWords({ event, personIds = [], value }: Happening, actorId: string, names: Names): string {
  const sentence = words(event, { actor: names(actorId), people: personIds.map(names), value });
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

function words(event: string, told: { actor: string; people: readonly string[]; value: Happening['value'] }): string {
  const { actor, value } = told;
  const people = listed(told.people);
  const said = oneLine(String(value ?? ''));
  switch (event) {
    case 'group.created':
      return `${actor} made the group “${said}”`;
    case 'members.added':
      return `${actor} added ${listed(told.people, value)}`;
    case 'member.joined':
      return `${actor} joined by the invite link`;
    case 'member.left':
      return `${actor} left`;
    case 'member.removed':
      return `${actor} removed ${people}`;
    case 'owner.changed':
      return `the group belongs to ${people} now`;
    case 'title.changed':
      return `${actor} named the group “${said}”`;
    case 'description.changed':
      return said === '' ? `${actor} removed the description` : `${actor} described the group: ${said}`;
    case 'photo.changed':
      return said === '' ? `${actor} removed the photo` : `${actor} changed the photo`;
    case 'settings.changed':
      return `${actor} changed what members may do`;
    case 'disappearing.changed':
      return typeof value === 'number'
        ? `${actor} lets new messages vanish after ${duration(value)}`
        : `${actor} lets new messages stay`;
    default:
      // Of a newer server.
      return `${actor}: ${oneLine(event)} ${people} ${said}`.trim();
  }
}

/** Names, and how many more there are than are named. */
function listed(names: readonly string[], count?: Happening['value']): string {
  const more = typeof count === 'number' ? Math.max(count - names.length, 0) : 0;
  const all = more > 0 ? [...names, `${more} more`] : names;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

function duration(seconds: number): string {
  const [amount, unit] = seconds >= 24 * hour ? [seconds / (24 * hour), 'day'] : [seconds / hour, 'hour'];
  const rounded = Math.round(amount * 10) / 10;
  return rounded === 1 ? `a${unit === 'hour' ? 'n' : ''} ${unit}` : `${rounded} ${unit}s`;
}
