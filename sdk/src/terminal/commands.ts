import { type Command, helpOf } from './command.ts';
import { saveFiles, sendFile, setPhoto } from './file-commands.ts';
import { find, list, search, who } from './general-commands.ts';
import { addMember, invite, join, leaveGroup, listMembers, makeGroup, removeMember } from './group-commands.ts';
import {
  deleteMessage,
  edit,
  forward,
  hide,
  listScheduled,
  pin,
  react,
  reply,
  sendLater,
  star,
} from './message-commands.ts';
import { archive, block, mute, unblock, unmute } from './own-commands.ts';

/** Everything that can be done by a line that begins with a slash. */
export const commands: readonly Command[] = [
  { name: 'list', takes: '[archived]', help: 'your conversations', run: list },
  { name: 'open', takes: 'N', help: 'choose from what was listed last, or answer', run: (to, n) => to.choose(n) },
  { name: 'find', takes: 'NAME|PHONE', help: 'talk to a person', run: find },
  { name: 'search', takes: 'WORDS', help: 'find messages: here, or everywhere where nothing is open', run: search },
  { name: 'older', help: 'earlier messages', run: (screen) => screen.showOlder() },

  { name: 'reply', takes: 'N TEXT', help: 'answer a message; N is the number before it', run: reply },
  { name: 'edit', takes: 'N TEXT', help: 'change what a message of yours says', run: edit },
  { name: 'delete', takes: 'N', help: 'delete a message for everybody', run: deleteMessage },
  { name: 'hide', takes: 'N', help: 'delete a message for you alone', run: hide },
  { name: 'react', takes: 'N [EMOJI]', help: 'react to a message; without an emoji, not any more', run: react },
  { name: 'star', takes: 'N', help: 'star a message, or take the star away', run: star },
  { name: 'pin', takes: 'N', help: 'pin a message for everybody, or unpin it', run: pin },
  { name: 'forward', takes: 'N TO', help: 'send a copy to another conversation or person', run: forward },
  { name: 'later', takes: 'MINUTES TEXT', help: 'send a message in some minutes', run: sendLater },
  { name: 'scheduled', help: 'what waits to be sent, to give it up', run: listScheduled },

  { name: 'send', takes: 'PATH [CAPTION]', help: 'send a file', run: sendFile },
  { name: 'save', takes: 'N [PATH]', help: 'save the files of a message, here or where you say', run: saveFiles },
  { name: 'photo', takes: 'PATH', help: 'show a picture of yours as your photo', run: setPhoto },

  { name: 'group', takes: 'TITLE', help: 'make a group', run: makeGroup },
  { name: 'add', takes: 'NAME|PHONE', help: 'add somebody to the group', run: addMember },
  { name: 'remove', takes: 'NAME', help: 'remove somebody from the group', run: removeMember },
  { name: 'members', help: 'who is in it', run: listMembers },
  { name: 'leave', help: 'leave the group', run: leaveGroup },
  { name: 'invite', help: 'a code by which others come in', run: invite },
  { name: 'join', takes: 'CODE', help: 'come into a group', run: join },

  { name: 'mute', help: 'hear nothing of this conversation', run: mute },
  { name: 'unmute', help: 'hear of it again', run: unmute },
  { name: 'archive', help: 'put this conversation away, or take it back', run: archive },
  { name: 'block', takes: '[NAME]', help: 'block somebody, or whom you talk to', run: block },
  { name: 'unblock', takes: '[NAME]', help: 'and not any more', run: unblock },

  { name: 'who', help: 'who you are, and how you are connected', run: who },
  { name: 'signout', help: 'end the session', run: (screen) => screen.client.signOut() },
  { name: 'quit', help: 'leave; what is not sent is sent next time', run: (screen) => screen.end() },
  { name: 'help', help: 'this', run: (screen) => screen.print(help()) },
];

const help = (): string =>
  `${helpOf(commands)}\nAnything else is sent to whom you talk to; what begins with two slashes, without the first.`;
