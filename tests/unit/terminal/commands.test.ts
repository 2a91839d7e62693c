import { describe, expect, it } from 'vitest';
import { helpOf, parseCommand } from '../../../sdk/src/terminal/command.ts';
import { commands } from '../../../sdk/src/terminal/commands.ts';

/** What a line means: the command and what is given to it, or what to do instead. */
function meaning(line: string): string | string[] {
  const parsed = parseCommand(commands, line);
  return 'problem' in parsed ? parsed.problem : [parsed.command.name, ...parsed.given];
}

describe('a line that begins with a slash', () => {
  it.each([
    ['/leave', ['leave']],
    ['/LEAVE ', ['leave']],
    ['/group Walk by the  sea', ['group', 'Walk by the  sea']],
    ['/add +1 555 010 0042', ['add', '+1 555 010 0042']],
    ['/reply 3 Yes,   gladly', ['reply', '3', 'Yes,   gladly']],
    ['/edit   12    Tomorrow', ['edit', '12', 'Tomorrow']],
    ['/react 3 👍', ['react', '3', '👍']],
    ['/react 3', ['react', '3', '']],
    ['/forward 3 Walk by the sea', ['forward', '3', 'Walk by the sea']],
    ['/later 30 Get up', ['later', '30', 'Get up']],
    ['/list', ['list', '']],
    ['/block', ['block', '']],
    ['/send sun.jpg', ['send', 'sun.jpg', '']],
    ['/send sun.jpg At the  sea', ['send', 'sun.jpg', 'At the  sea']],
    ['/send "my sun.jpg" At the sea', ['send', 'my sun.jpg', 'At the sea']],
    ["/send '/a/my sun.jpg'", ['send', '/a/my sun.jpg', '']],
    ['/send my\\ sun.jpg At the sea', ['send', 'my sun.jpg', 'At the sea']],
    ['/send C:\\Users\\ann\\sun.jpg', ['send', 'C:\\Users\\ann\\sun.jpg', '']],
    ['/save 3', ['save', '3', '']],
    ['/save 3 a folder/sun.jpg', ['save', '3', 'a folder/sun.jpg']],
    ['/save 3 "a folder"', ['save', '3', 'a folder']],
  ])('%s', (line, means) => expect(meaning(line)).toEqual(means));

  it.each([
    ['/reply 3', 'It is: /reply N TEXT'],
    ['/reply Yes', 'It is: /reply N TEXT'],
    ['/reply', 'It is: /reply N TEXT'],
    ['/delete three', 'It is: /delete N'],
    ['/delete 3 4', 'It is: /delete N'],
    ['/delete -1', 'It is: /delete N'],
    ['/react 👍 3', 'It is: /react N [EMOJI]'],
    ['/later soon Get up', 'It is: /later MINUTES TEXT'],
    ['/group', 'It is: /group TITLE'],
    ['/save 3 "a folder" b', 'It is: /save N [PATH]'],
    ['/send', 'It is: /send PATH [CAPTION]'],
    ['/leave now', 'It is: /leave'],
    ['/dance', 'There is no /dance. /help says what there is.'],
    ['/', 'There is no /. /help says what there is.'],
  ])('%s is not understood', (line, problem) => expect(meaning(line)).toBe(problem));
});

describe('the table of commands', () => {
  it('has each name once', () => {
    const names = commands.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('is what the help says, a line each', () => {
    const lines = helpOf(commands).split('\n');
    expect(lines).toHaveLength(commands.length);
    for (const [index, { name, takes = '', help }] of commands.entries()) {
      expect(lines[index]?.replace(/\s+/g, ' ').trim()).toBe(`/${name} ${takes} ${help}`.replace(/\s+/g, ' '));
      expect(lines[index]?.length).toBeLessThanOrEqual(100);
    }
  });

  it('takes what may be missing last', () => {
    for (const { takes = '' } of commands) expect(takes).not.toMatch(/\] /);
  });
});
