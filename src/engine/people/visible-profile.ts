/**
 * What of a person others see depends on who looks: on the person's privacy settings, and on whether the person has
 * blocked them. The rule is written once, here, as pieces of SQL for any statement that reads people.
 *
 * Each look-up is a scalar subselect with a limit: EXISTS might be planned as a hash of the whole table.
 */

/** A person as one viewer sees them: a row of {@link visibleProfile}. */
export interface VisiblePerson {
  readonly id: string;
  readonly name: string;
  readonly username: string | null;
  readonly about: string;
  readonly photo_url: string | null;
  readonly version: number;
  /** Not null where the account was deleted; inside of JSON a text. */
  readonly deleted_at: unknown;
}

/** The settings that say who may see or do something. */
export type PrivacyColumn =
  | 'privacy_last_seen'
  | 'privacy_photo'
  | 'privacy_about'
  | 'privacy_groups'
  | 'privacy_phone';

const known = (owner: string, person: string): string =>
  `coalesce((select true from contacts where owner_id = ${owner} and person_id = ${person} limit 1), false)`;

/** SQL: whether a person is in the viewer's address book. */
export const isContact = (viewer: string, person: string): string => known(viewer, person);

const hasBlocked = (person: string, other: string): string =>
  `coalesce((select true from blocks where person_id = ${person} and blocked_id = ${other} limit 1), false)`;

/**
 * SQL: whether a person's setting lets the viewer. Knows nothing of blocks. `contacts` are those whom the person has in
 * their address book.
 *
 * @param person alias of the row of `people`
 */
export const privacyAllows = (column: PrivacyColumn, viewer: string, person: string): string => `
  case ${person}.${column} when 'everyone' then true when 'contacts' then ${known(`${person}.id`, viewer)} else false end`;

/** SQL: whether a person has blocked another one. */
export const isBlocked = (person: string, other: string): string => hasBlocked(person, other);

/** SQL: whether one of two people has blocked the other. */
export const blockBetween = (a: string, b: string): string => `(${hasBlocked(a, b)} or ${hasBlocked(b, a)})`;

/** Nothing is looked up where there is nothing to hide, where everybody may see it, and where the viewer is the person. */
const shown = (value: string, nothing: string, column: PrivacyColumn, viewer: string, p: string): string => `
  case
    when ${p}.${value} is not distinct from ${nothing} or ${p}.id = ${viewer} then ${p}.${value}
    when ${p}.blocks_anyone and ${hasBlocked(`${p}.id`, viewer)} then ${nothing}
    when ${privacyAllows(column, viewer, p)} then ${p}.${value}
    else ${nothing}
  end`;

const about = (viewer: string, person: string): string => shown('about', "''", 'privacy_about', viewer, person);
const photo = (viewer: string, person: string): string => shown('photo_url', 'null', 'privacy_photo', viewer, person);

/**
 * SQL: the columns of a {@link VisiblePerson}, as the viewer sees the person.
 *
 * @param viewer an expression for the viewer's id
 * @param person alias of the row of `people`
 */
export const visibleProfile = (viewer: string, person: string): string => `
  ${person}.id, ${person}.name, ${person}.username, ${person}.version, ${person}.deleted_at,
  ${about(viewer, person)} as about, ${photo(viewer, person)} as photo_url`;

/**
 * SQL: the columns `name`, `username` and `photo_url` as everybody may see them, for what goes to many at once.
 *
 * @param person alias of the row of `people`
 */
export const publicFace = (person: string): string => `
  ${person}.name, ${person}.username,
  case when ${person}.privacy_photo = 'everyone' and not ${person}.blocks_anyone then ${person}.photo_url end as photo_url`;

/**
 * SQL: the columns of a {@link VisiblePerson} as everybody may see them, for who is not signed in.
 *
 * @param person alias of the row of `people`
 */
export const publicProfile = (person: string): string => `
  ${publicFace(person)}, ${person}.id, ${person}.version, ${person}.deleted_at,
  case when ${person}.privacy_about = 'everyone' and not ${person}.blocks_anyone then ${person}.about else '' end as about`;

/** SQL: a {@link VisiblePerson} as one JSON object, for statements that bring several people in a row. */
export const visiblePerson = (viewer: string, person: string): string => `
  jsonb_build_object('id', ${person}.id, 'name', ${person}.name, 'username', ${person}.username,
    'version', ${person}.version, 'deleted_at', ${person}.deleted_at,
    'about', ${about(viewer, person)}, 'photo_url', ${photo(viewer, person)})`;
