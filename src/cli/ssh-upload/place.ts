import { posix } from 'node:path';
import { FileName } from '../../domain/debian/names.ts';

/** Where a path leads: as at the FTP door, a file of `/` is one of `/incoming`. */
export type Place = { readonly folder: '/' | '/incoming' } | { readonly file: FileName };

/** `undefined` for whatever leads elsewhere, or would if it were followed. */
export const placeOf = (path: string): Place | undefined => {
  if (path.split('/').includes('..')) return undefined;
  const whole = posix.resolve('/', path);
  if (whole === '/' || whole === '/incoming') return { folder: whole };
  const name = whole.replace(/^\/(?:incoming\/)?/, '');
  return FileName.is(name) ? { file: name } : undefined;
};
