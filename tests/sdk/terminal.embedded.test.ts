import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../harness/embedded-template.ts';
import { picture } from '../harness/media.ts';
import { codeFor, newPhone } from '../harness/people.ts';
import { startTestApp, type TestApp } from '../harness/start-app.ts';
import { startTerminal, type Terminal } from './terminal-process.ts';

describe('two people at their terminals', () => {
  const state = temporaryDirectory();
  const terminals: Terminal[] = [];
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(async () => {
    for (const terminal of terminals) terminal.kill();
    await app?.close();
    state.remove();
  });

  const open = (profile: string): Terminal => {
    const terminal = startTerminal(app.url, state.path, profile);
    terminals.push(terminal);
    return terminal;
  };

  async function signIn(name: string): Promise<Terminal> {
    const phone = newPhone();
    const terminal = open(name);
    await terminal.sees(/Phone: /);
    terminal.say(phone);
    await terminal.sees(/Code .*: /);
    terminal.say(codeFor(app, phone));
    await terminal.sees(/Your name: /);
    terminal.say(name);
    await terminal.sees(new RegExp(`You are ${name}`));
    await terminal.sees(/No conversations yet/);
    return terminal;
  }

  it('find each other, talk, make a group, and leave', async () => {
    const [ann, bob] = [await signIn('Ann Terminal'), await signIn('Bob Terminal')];

    // In one breath: each line meets what the one before has opened.
    ann.say('/find Bob Terminal\nHello Bob');
    await ann.sees(/── Bob Terminal/);
    const hello = await ann.sees(/ (\d+) \S+( [AP]M)? you: Hello Bob {2}…/);
    await bob.sees(/Ann Terminal writes: Hello Bob \(1 to answer\)/);
    bob.say('1');
    await bob.sees(/── Ann Terminal/);
    const toBob = await bob.sees(/ (\d+) \S+( [AP]M)? Ann Terminal: Hello Bob/);
    await ann.sees(/✓✓ read “Hello Bob”/);

    bob.say(`/reply ${toBob} Hello back`);
    const back = await ann.sees(/ (\d+) \S+( [AP]M)? Bob Terminal \(to you “Hello Bob”\): Hello back/);
    ann.say(`/react ${back} 👍`);
    await bob.sees(/~ .*you \(to Ann Terminal “Hello Bob”\): Hello back \[👍 Ann Terminal\]/);
    ann.say(`/edit ${hello} Hello dear Bob`);
    await bob.sees(/~ .*Ann Terminal: Hello dear Bob \(edited\)/);
    ann.say(`/star ${back}`);
    await ann.sees(/~ .*Hello back \(starred\) \[👍 you\]/);
    ann.say(`/delete ${hello}`);
    await bob.sees(/~ .*Ann Terminal: \[deleted\]/);
    ann.say('/delete 99');
    await ann.sees(/There is no message with the number 99/);

    ann.say('/group Walk\n/add Bob Terminal\n/members');
    await ann.sees(/── Walk/);
    await ann.sees(/Ann Terminal, owner, you/);
    const walk = await bob.sees(/Walk: Ann Terminal added you \(\/open (\d+) to answer\)/);
    bob.say(`/open ${walk}\nWhere to?`);
    await bob.sees(/── Walk, 2 in it/);
    const where = await ann.sees(/ (\d+) \S+( [AP]M)? Bob Terminal: Where to\?/);
    ann.say(`/reply ${where} To the sea`);
    await bob.sees(/Ann Terminal \(to you “Where to\?”\): To the sea/);
    ann.say(`/pin ${where}`);
    await bob.sees(/~ .*you: Where to\? \(pinned\)/);
    ann.say(`/forward ${where} Bob`);
    await ann.sees(/forwarded to Bob Terminal/);
    await bob.sees(/Ann Terminal writes: Where to\?/);

    bob.say('/leave');
    await bob.sees(/you are not in “Walk” any more/);
    await ann.sees(/Bob Terminal left/);

    ann.say('/quit\n/leave');
    bob.hangUp();
    expect(await ann.ended()).toEqual({ code: 0, errors: '' });
    expect(await bob.ended()).toEqual({ code: 0, errors: '' });

    // The session is kept, and what came after /quit was not done.
    const again = open('Ann Terminal');
    await again.sees(/You are Ann Terminal/);
    await again.sees(/\d {2}Walk \(1\)/);
    again.hangUp();
    expect(await again.ended()).toEqual({ code: 0, errors: '' });
  }, 60_000);

  it('come in by a code', async () => {
    const [ann, bob] = [await signIn('Ann Inviting'), await signIn('Bob Invited')];
    ann.say('/group Sea\n/invite');
    const code = await ann.sees(/Who enters \/join (\S+) comes in\./);
    bob.say(`/join ${code}\nHere I am`);
    await ann.sees(/Bob Invited joined by the invite link/);
    await ann.sees(/Bob Invited: Here I am/);
    ann.say('/remove Bob');
    await bob.sees(/you are not in “Sea” any more/);
    await ann.sees(/You removed Bob Invited/);
    bob.say(`/join ${code}`);
    await bob.sees(/You were removed from this group/);
    for (const terminal of [ann, bob]) {
      terminal.say('/signout');
      await terminal.sees(/signed out/);
      expect(await terminal.ended()).toEqual({ code: 0, errors: '' });
    }
  }, 60_000);

  it('keep for themselves what only they see', async () => {
    const [ann, bob] = [await signIn('Ann Quiet'), await signIn('Bob Quiet')];
    ann.say('/find Bob Quiet\nThe first word');
    await ann.sees(/✓ “The first word”/);
    ann.say('/search first');
    await ann.sees(/Found:\n {2}1 .*Bob Quiet {2}you: The first word/);
    ann.say('/later 30 Wake up');
    await ann.sees(/it is sent at/);
    ann.say('/scheduled');
    await ann.sees(/1 .*Bob Quiet: Wake up/);
    ann.say('/open 1\n/scheduled');
    await ann.sees(/it is not sent.*Nothing waits to be sent/s);
    ann.say('/mute\n/archive\n/list\n/list archived');
    await ann.sees(/No conversations yet|Your conversations/);
    await ann.sees(/In the archive:\n {2}1 {2}Bob Quiet \[muted, archived\]/);
    ann.say('1\n/block');
    await ann.sees(/Bob Quiet is blocked/);
    bob.say('/find Ann Quiet');
    await bob.sees(/Nobody is found by “Ann Quiet”/);
    ann.say('/unblock Bob\n/unmute\n/archive');
    await ann.sees(/Bob Quiet is not blocked any more.*not muted any more.*not archived any more/s);
    bob.say('/find Ann Quiet');
    await bob.sees(/── Ann Quiet/);
    for (const terminal of [ann, bob]) {
      terminal.hangUp();
      expect(await terminal.ended()).toEqual({ code: 0, errors: '' });
    }
  }, 60_000);

  it('send each other files, and save them', async () => {
    const [ann, bob] = [await signIn('Ann Sending'), await signIn('Bob Saving')];
    const [from, to] = [join(state.path, 'my view.png'), join(state.path, 'saved')];
    await mkdir(to);
    const bytes = await picture();
    await writeFile(from, bytes);
    ann.say(`/find Bob Saving\n/send ${state.path}/none.png\n/send "${from}" At the sea`);
    await ann.sees(/There is no file .*none\.png/);
    await ann.sees(/uploading my view\.png \(\d+ bytes\)/);
    await ann.sees(/you: \[image\] my view\.png, \d+ bytes – At the sea {2}…/);
    await ann.sees(/✓ “\[image\] my view/);
    const number = await bob.sees(/Ann Sending writes: .*\((\d+) to answer\)/);
    bob.say(number);
    const sent = await bob.sees(/ (\d+) \S+( [AP]M)? Ann Sending: \[image\] my view\.png, \d+ bytes – At the sea/);
    bob.say(`/save ${sent} ${to}\n/save ${sent} ${to}\n/save ${sent} ${to}/my view.png\n/save ${sent} ${to}/other.png`);
    await bob.sees(
      /saved as .*my view\.png.*saved as .*my view \(2\)\.png.*There is a file .*already.*saved as .*other/s,
    );
    expect((await readdir(to)).sort()).toEqual(['my view (2).png', 'my view.png', 'other.png']);
    const saved = await readFile(join(to, 'my view.png'));
    expect(saved.subarray(0, 8)).toEqual(bytes.subarray(0, 8));
    ann.say(`/photo ${from.replace(' ', '\\ ')}`);
    await ann.sees(/it is your photo now/);
    bob.say('Hello');
    const text = await bob.sees(/ (\d+) \S+( [AP]M)? you: Hello/);
    await bob.sees(/✓ “Hello”/);
    bob.say(`/save ${text}`);
    await bob.sees(/It has no file/);
    for (const terminal of [ann, bob]) {
      terminal.hangUp();
      expect(await terminal.ended()).toEqual({ code: 0, errors: '' });
    }
  }, 60_000);

  it('can give up at the first question', async () => {
    const terminal = open('Nobody');
    await terminal.sees(/Phone: /);
    terminal.hangUp();
    expect(await terminal.ended()).toEqual({ code: 0, errors: '' });
  });
});
