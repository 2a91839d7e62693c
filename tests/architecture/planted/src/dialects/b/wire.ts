import { readFileSync } from 'node:fs';
import { Type } from 'typebox';

export const wire = [readFileSync, Type];
