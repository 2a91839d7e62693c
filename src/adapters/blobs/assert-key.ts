const valid = /^[A-Za-z0-9-]{1,100}$/;

/** Keys become parts of paths and addresses: nothing else may get there. */
export function assertKey(key: string): void {
  if (!valid.test(key)) throw new RangeError('A key of a blob has letters, digits and hyphens, at most 100.');
}
