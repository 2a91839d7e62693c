import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createClient } from '../index.ts';
import { fileStorage } from '../node/file-storage.ts';
import { ChatScreen } from './chat-screen.ts';
import { LineReader } from './line-reader.ts';
import { signIn } from './sign-in.ts';

const usage = `npm run chat -- [--url http://localhost:3000] [--profile NAME] [--state DIRECTORY]

  --url      the server
  --profile  whose session to use; two profiles in two terminals are two people
  --state    where profiles are kept (default ~/.parley-chat)`;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: process.env.PARLEY_URL ?? 'http://localhost:3000' },
    profile: { type: 'string', default: 'default' },
    state: { type: 'string', default: join(homedir(), '.parley-chat') },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(usage);
else await chat();

/** Ends when nothing more is typed. */
async function chat(): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const lines = new LineReader(terminal);
  const storage = fileStorage(join(values.state, values.profile));
  const client = await createClient({ url: values.url, storage, deviceName: `terminal (${values.profile})` });
  terminal.on('SIGINT', () => {
    // Also ends what waits for an answer.
    client.close();
    lines.close();
  });
  if (client.me || (await signIn(client, lines))) await new ChatScreen(client, lines, values.url).run();
  client.close();
  lines.close();
}
