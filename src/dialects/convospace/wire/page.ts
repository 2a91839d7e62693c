import type { Fields } from '../../kit/fields.ts';

/** Which page of a list is wanted. Values out of range are moved into it. */
export function readPage(
  fields: Fields,
  rule: { readonly max: number },
): { readonly limit: number; readonly offset: number } {
  return {
    limit: fields.clamped('limit', { min: 1, max: rule.max, default: 50 }),
    offset: fields.clamped('offset', { min: 0, max: Number.MAX_SAFE_INTEGER, default: 0 }),
  };
}
