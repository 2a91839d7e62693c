/**
 * Where a client keeps what must survive its process: the session, and messages that are not sent yet. Strings by key.
 *
 * Guarantees that the client relies on: when `set` has returned (or its promise has resolved), a `get` by any later
 * process finds the value; a `set` that was interrupted leaves the old value or the new one, never a part.
 */
export interface ClientStorage {
  get(key: string): string | null | Promise<string | null>;
  set(key: string, value: string): void | Promise<void>;
  remove(key: string): void | Promise<void>;
  /** All keys that begin with `prefix`, in any order. */
  keys(prefix: string): readonly string[] | Promise<readonly string[]>;
}

/** Keeps nothing beyond the process. */
export function memoryStorage(): ClientStorage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => {
      values.set(key, value);
    },
    remove: (key) => {
      values.delete(key);
    },
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
  };
}

/** The part of the Web Storage API that is used; `localStorage` is one. */
export interface WebStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps state in a browser's `localStorage`.
 *
 * @param name tells several clients of one origin apart
 */
export function webStorage(name = 'parley', storage = (globalThis as { localStorage?: WebStorage }).localStorage) {
  if (!storage) throw new Error('There is no localStorage here.');
  const web = storage;
  const full = (key: string): string => `${name}:${key}`;
  return {
    get: (key) => web.getItem(full(key)),
    set: (key, value) => web.setItem(full(key), value),
    remove: (key) => web.removeItem(full(key)),
    keys: (prefix) =>
      Array.from({ length: web.length }, (_, index) => web.key(index) ?? '')
        .filter((key) => key.startsWith(full(prefix)))
        .map((key) => key.slice(name.length + 1)),
  } satisfies ClientStorage as ClientStorage;
}
