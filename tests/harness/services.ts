import { describe, inject, it } from 'vitest';
import './provided.ts';
import { postgresUrl, redisUrl, servicesRequired } from './service-urls.ts';

function describeWith(reason: string | null, name: string, suite: () => void): void {
  if (reason === null) {
    describe(name, suite);
  } else if (servicesRequired) {
    describe(name, () => {
      it('has the service it needs', () => {
        throw new Error(reason);
      });
    });
  } else {
    describe.skip(`${name} (skipped: ${reason})`, suite);
  }
}

/**
 * A suite that needs a real PostgreSQL, whatever the storage of the project; `url` names a role that may create
 * databases. Without PostgreSQL it is skipped with the reason in its name, or fails when services are required.
 */
export function describeWithPostgres(name: string, suite: (url: string) => void): void {
  describeWith(inject('unavailable').postgres, name, () => suite(postgresUrl));
}

/**
 * A suite that needs a real Redis at `url`. Test files run side by side and share it: give keys and topics a prefix of
 * your own. Without Redis it is skipped with the reason in its name, or fails when services are required.
 */
export function describeWithRedis(name: string, suite: (url: string) => void): void {
  describeWith(inject('unavailable').redis, name, () => suite(redisUrl));
}
