import { Session, SignedIn, SignInEntry, Tokens } from '../auth/schemas.ts';
import { Block, Contact } from '../contacts/schemas.ts';
import { Conversation, Member, OwnChange, Receipt, UnreadTotal } from '../conversations/schemas.ts';
import { ErrorBody } from '../kit/rest-document.ts';
import type { TSchema } from '../kit/schemas.ts';
import { Media } from '../media/schemas.ts';
import { Message, ReactionChange } from '../messages/schemas.ts';
import { Account, AuditEntry, Report, ReportDetails, ReportReceipt, Suspension } from '../moderation/schemas.ts';
import { OwnProfile, Person, Privacy } from '../people/schemas.ts';
import { PresenceState } from '../presence/operations.ts';
import { ScheduledMessage } from '../scheduling/schemas.ts';

/** Schemas that stand once in the documents, under a name of their own. A feature adds those that others use. */
export const namedSchemas: Readonly<Record<string, TSchema>> = {
  Account,
  AuditEntry,
  Block,
  Contact,
  Conversation,
  Error: ErrorBody,
  Media,
  Member,
  Message,
  OwnChange,
  OwnProfile,
  Person,
  PresenceState,
  Privacy,
  ReactionChange,
  Receipt,
  Report,
  ReportDetails,
  ReportReceipt,
  ScheduledMessage,
  Session,
  SignInEntry,
  SignedIn,
  Suspension,
  Tokens,
  UnreadTotal,
};

/** The schema as plain JSON, in the forms that OpenAPI tools know best: enumerations and `additionalProperties`. */
export function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (value === null || typeof value !== 'object') return value;
  const node = Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, tidy(inner)]),
  );
  if (node.type === 'string' && typeof node.const === 'string') {
    const { const: only, ...rest } = node;
    return { ...rest, enum: [only] };
  }
  if (node.patternProperties) {
    const { patternProperties, ...rest } = node;
    return { ...rest, additionalProperties: Object.values(patternProperties as object)[0] };
  }
  const choices = Array.isArray(node.anyOf) ? (node.anyOf as Record<string, unknown>[]) : [];
  if (choices.length > 0 && choices.every(({ type, enum: values }) => type === 'string' && Array.isArray(values))) {
    const { anyOf: _replaced, ...rest } = node;
    return { ...rest, type: 'string', enum: choices.flatMap(({ enum: values }) => values) };
  }
  return node;
}

/** A JSON value as text that is the same for equal values. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

const byText = new Map(Object.entries(namedSchemas).map(([name, schema]) => [canonical(tidy(schema)), name]));

/**
 * Tidies a JSON value and replaces each named schema in it by a reference.
 *
 * @param refer makes the reference from a name
 */
export const withReferences = (value: unknown, refer: (name: string) => object): unknown => replace(tidy(value), refer);

/** The named schemas themselves, each with references to the others. */
export function describedSchemas(refer: (name: string) => object): Record<string, object> {
  return Object.fromEntries(
    Object.entries(namedSchemas).map(([name, schema]) => [name, replaceInside(tidy(schema) as object, refer)]),
  );
}

function replace(value: unknown, refer: (name: string) => object): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => replace(item, refer));
  const name = 'type' in value && value.type === 'object' ? byText.get(canonical(value)) : undefined;
  return name === undefined ? replaceInside(value, refer) : refer(name);
}

const replaceInside = (value: object, refer: (name: string) => object): object =>
  Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner, refer)]));
