import { assertStorableText } from '../../engine/shared/text.ts';

/** One field of a request that is not as it should be. */
export interface FieldProblem {
  readonly path: string;
  readonly value: unknown;
  readonly message: string;
  readonly location: 'body' | 'query' | 'params';
}

/** The fields of a request are not as they should be. Each dialect words it its own way. */
export class InvalidFields extends Error {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super(problems[0]?.message ?? 'The input is not valid.');
    this.name = 'InvalidFields';
    this.problems = problems;
  }
}

type Names = string | readonly string[];

/**
 * Reads fields that clients of other backends send: under several names, as null where they mean absent, and with more
 * fields beside them. Problems are collected, so that all are told at once: call {@link assertValid} before the values are
 * used.
 */
export class Fields {
  readonly #source: Readonly<Record<string, unknown>>;
  readonly #location: FieldProblem['location'];
  readonly #problems: FieldProblem[] = [];

  constructor(source: Readonly<Record<string, unknown>>, location: FieldProblem['location'] = 'body') {
    this.#source = source;
    this.#location = location;
  }

  /** The first of the names that has a value; undefined where none has one. Null is none. */
  value(names: Names): unknown {
    if (typeof names === 'string') return this.#own(names);
    for (const name of names) {
      const value = this.#own(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Not what every object has, such as `constructor`. */
  #own(name: string): unknown {
    return Object.hasOwn(this.#source, name) ? (this.#source[name] ?? undefined) : undefined;
  }

  /** A text; numbers are taken as they are written. */
  text(names: Names, rule: { max?: number; min?: number; trim?: boolean; message: string }): string | undefined {
    const value = this.value(names);
    if (value === undefined) return undefined;
    const given = typeof value === 'number' ? String(value) : value;
    const text = typeof given === 'string' && rule.trim !== false ? given.trim() : given;
    const length = typeof text === 'string' ? [...text].length : -1;
    if (typeof text !== 'string' || length < (rule.min ?? 0) || length > (rule.max ?? 10_000) || !isStorable(text)) {
      this.problem(names, rule.message);
      return undefined;
    }
    return text;
  }

  /** A text that has to be there. */
  requiredText(names: Names, rule: { max?: number; min?: number; trim?: boolean; message: string }): string {
    if (this.value(names) === undefined) this.problem(names, rule.message);
    return this.text(names, { min: 1, ...rule }) ?? '';
  }

  /** `true`, `false`, or what forms write for them. */
  flag(names: Names, message: string): boolean | undefined {
    const value = this.value(names);
    if (value === undefined || typeof value === 'boolean') return value as boolean | undefined;
    if (value === 'true' || value === '1' || value === 1) return true;
    if (value === 'false' || value === '0' || value === 0) return false;
    this.problem(names, message);
    return undefined;
  }

  /** A number, or a text that is one. */
  number(names: Names, rule: { min: number; max: number; whole?: boolean; message: string }): number | undefined {
    const value = this.value(names);
    if (value === undefined || (typeof value === 'string' && value.trim() === '')) return undefined;
    const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
    const right = number >= rule.min && number <= rule.max && (!rule.whole || Number.isInteger(number));
    if (right) return number;
    this.problem(names, rule.message);
    return undefined;
  }

  /** A whole number that is moved into its range instead of being refused, as for pages. */
  clamped(names: Names, rule: { min: number; max: number; default: number }): number {
    const number = Math.trunc(Number(this.value(names)));
    if (Number.isNaN(number) || this.value(names) === '') return rule.default;
    return Math.min(rule.max, Math.max(rule.min, number));
  }

  /** One of some words. */
  choice<Word extends string>(names: Names, words: readonly Word[], message: string): Word | undefined {
    const value = this.value(names);
    if (value === undefined) return undefined;
    if (words.includes(value as Word)) return value as Word;
    this.problem(names, message);
    return undefined;
  }

  /** Another set of fields inside of this one; null where there is none. */
  object(names: Names): Readonly<Record<string, unknown>> | null {
    const value = this.value(names);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  }

  /** Texts; a form may write them as JSON. Undefined where the field is absent, or no list. */
  texts(names: Names): string[] | undefined {
    const value = this.value(names);
    const list = typeof value === 'string' && value.startsWith('[') ? parsed(value) : value;
    if (!Array.isArray(list)) return undefined;
    return list.filter((item): item is string => typeof item === 'string' && isStorable(item));
  }

  /** A date as ISO 8601 or as milliseconds since 1970. */
  date(names: Names, message: string): Date | undefined {
    const value = this.value(names);
    if (value === undefined || value === '') return undefined;
    const date = new Date(typeof value === 'number' || typeof value === 'string' ? value : Number.NaN);
    if (!Number.isNaN(date.getTime()) && date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999) return date;
    this.problem(names, message);
    return undefined;
  }

  /** Notes a problem with a field. */
  problem(names: Names, message: string): void {
    const path = [names].flat()[0] ?? '';
    const value = this.value(names);
    this.#problems.push({ path, value: value ?? '', message, location: this.#location });
  }

  /** @throws InvalidFields with every problem that was found */
  assertValid(): void {
    if (this.#problems.length > 0) throw new InvalidFields(this.#problems);
  }
}

function isStorable(text: string): boolean {
  try {
    assertStorableText(text);
    return true;
  } catch {
    return false;
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
