import { Client } from 'pg';

/** Runs a statement on a PostgreSQL server and returns its rows, all values as text. */
export async function execute(url: string, text: string): Promise<Record<string, string | null>[]> {
  const client = new Client({ connectionString: url, types: { getTypeParser: () => (value: string) => value } });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
