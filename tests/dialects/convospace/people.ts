import { ConvospaceClient } from '../../harness/convospace.ts';
import type { TestApp } from '../../harness/start-app.ts';

let last = 0;

/** Ten digits that no other test of this process has. */
export function newNumber(): string {
  last += 1;
  return `556${String(1_000_000 + last)}`;
}

/** Somebody who has just registered with the web client. */
export function newClient(app: TestApp, name = 'Test Person'): Promise<ConvospaceClient> {
  const number = newNumber();
  return new ConvospaceClient(app).signIn(number, { full_name: name, username: `u_${number.slice(3)}` });
}
