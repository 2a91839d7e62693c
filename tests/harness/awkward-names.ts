/** Names of files as they come, and as they are kept. */
export const awkwardNames: readonly (readonly [given: string, kept: string])[] = [
  ['', 'file'],
  ['...', 'file'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\..\\system.ini', 'system.ini'],
  ['..\\..\\', 'file'],
  ['.htaccess', 'htaccess'],
  ['in\u200bvis\u200dible.txt', 'invisible.txt'],
  ['photo\u202egpj.exe', 'photogpj.exe'],
  ['nul\0byte.txt', 'nulbyte.txt'],
  ['line\r\nbreak.txt', 'linebreak.txt'],
  ['a<b>c:d"e|f?g*.txt', 'a_b_c_d_e_f_g_.txt'],
  [`${'x'.repeat(5_000)}.tar`, `${'x'.repeat(251)}.tar`],
  ['👩‍👩‍👧.txt', '👩👩👧.txt'],
  [`${'👍'.repeat(200)}.png`, `${'👍'.repeat(62)}.png`],
  ['CON.txt', 'CON.txt'],
  ['e\u0301.txt', 'é.txt'],
];
