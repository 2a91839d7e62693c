import { Redis } from 'ioredis';
import type { TestProject } from 'vitest/node';
import { announceRun, createPostgresTemplate, dropLeftovers, dropOwn, pingPostgres } from './database.ts';
import { createEmbeddedTemplate } from './embedded-template.ts';
import './provided.ts';
import { postgresUrl, redisUrl, servicesRequired } from './service-urls.ts';

/** Runs once for each project, in Vitest's own process, before any of its test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const unavailable = {
    postgres: await reasonOf('PostgreSQL', postgresUrl, 'PARLEY_TEST_POSTGRES_URL', pingPostgres),
    redis: await reasonOf('Redis', redisUrl, 'PARLEY_TEST_REDIS_URL', pingRedis),
  };
  project.provide('unavailable', unavailable);
  if (project.name === 'embedded' || project.name === 'postgres') project.provide('storage', project.name);

  const copiesEmbedded =
    project.name === 'embedded' ||
    (project.name === 'static' && project.vitest.projects.some(({ name }) => name === 'embedded'));
  if (copiesEmbedded) project.provide('embeddedTemplate', (await sharedTemplate()).path);
  if (project.name === 'embedded') return removeTemplate;
  if (project.name === 'postgres' && unavailable.postgres !== null) {
    if (servicesRequired) {
      throw new Error(
        `The tests on PostgreSQL cannot run, and PARLEY_TEST_REQUIRE_SERVICES=1. ${unavailable.postgres}`,
      );
    }
    console.warn(`\nSkipped: all tests of the project "postgres". ${unavailable.postgres}\n`);
  }
  if (unavailable.postgres !== null) return removeTemplate;
  const runIsOver = await announceRun();
  await dropLeftovers();
  if (project.name === 'postgres') project.provide('postgresTemplate', await createPostgresTemplate());
  return async () => {
    await removeTemplate();
    await dropOwn();
    await runIsOver();
  };
}

/** Of all projects: each loads this file anew, in the same process. All of them end together, when everything has run. */
const shared = globalThis as { parleyTestTemplate?: ReturnType<typeof createEmbeddedTemplate> | undefined };

function sharedTemplate(): ReturnType<typeof createEmbeddedTemplate> {
  shared.parleyTestTemplate ??= createEmbeddedTemplate();
  return shared.parleyTestTemplate;
}

async function removeTemplate(): Promise<void> {
  const template = shared.parleyTestTemplate;
  shared.parleyTestTemplate = undefined;
  (await template)?.remove();
}

async function reasonOf(service: string, url: string, variable: string, ping: () => Promise<void>) {
  try {
    await ping();
    return null;
  } catch (error) {
    const { host } = new URL(url);
    return `no ${service} at ${host} (set ${variable}): ${describe(error)}`;
  }
}

function describe(error: unknown): string {
  // A refused connection to a name with several addresses is an AggregateError without a message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

async function pingRedis(): Promise<void> {
  const redis = new Redis(redisUrl, { lazyConnect: true, connectTimeout: 3_000, retryStrategy: () => null });
  let cause: unknown;
  redis.on('error', (error) => {
    cause ??= error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
}
