/** Where tests find real services. PostgreSQL needs a role that may create databases, and for the tests of query plans a superuser, who may load auto_explain. */
export const postgresUrl = process.env.PARLEY_TEST_POSTGRES_URL || 'postgres://root@127.0.0.1:5432/postgres';
export const redisUrl = process.env.PARLEY_TEST_REDIS_URL || 'redis://127.0.0.1:6379';
/** Whether a missing service is a failure, as in continuous integration, or a reason to skip. */
export const servicesRequired = process.env.PARLEY_TEST_REQUIRE_SERVICES === '1';
