import type { Call } from '../../kit/rest.ts';
import type { ChatappOptions } from '../options.ts';

/**
 * The body of the two lists about which clients disagree: the mobile client reads `data` as the list itself, others find
 * the list inside of an object.
 *
 * @param name of the list inside of the object
 */
export function listBody(
  { listEnvelope }: Pick<ChatappOptions, 'listEnvelope'>,
  { request, query }: Pick<Call, 'request' | 'query'>,
  name: string,
  items: readonly object[],
  pagination: object,
): object {
  const asked = request.headers['x-list-envelope'] ?? query.envelope;
  const array =
    listEnvelope === 'auto'
      ? asked === 'array' || (request.headers['user-agent'] ?? '').startsWith('Dart/')
      : listEnvelope === 'array';
  return array ? { success: true, data: items, pagination } : { success: true, data: { [name]: items, pagination } };
}
