/** Where tests find real services. A role that may create databases is needed on PostgreSQL. */
export const postgresUrl = process.env.PARLEY_TEST_POSTGRES_URL || 'postgres://root@127.0.0.1:5432/postgres';
export const redisUrl = process.env.PARLEY_TEST_REDIS_URL || 'redis://127.0.0.1:6379';
/** Whether a missing service is a failure, as in continuous integration, or a reason to skip. */
export const servicesRequired = process.env.PARLEY_TEST_REQUIRE_SERVICES === '1';
