import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { createClient } from '../index.ts';
import { fileStorage } from '../node/file-storage.ts';
import { ChatScreen } from './chat-screen.ts';
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
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const lines = createInterface({ input: process.stdin, output: process.stdout });
const storage = fileStorage(join(values.state, values.profile));
const client = await createClient({ url: values.url, storage, deviceName: `terminal (${values.profile})` });

lines.once('close', () => {
  client.close();
  process.exit(0);
});

if (!client.me) await signIn(client, lines);
new ChatScreen(client, lines, values.url).open();
