import { send } from '../../engine/messages/index.ts';
import { makeId } from '../../engine/shared/ids.ts';
import { mount } from '../kit/mount.ts';

export const a = [send, makeId, mount];
