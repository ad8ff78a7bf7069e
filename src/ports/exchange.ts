import type { Sha256 } from '../domain/debian/names.ts';
import type { FileStore } from './file-store.ts';

/**
 * What goes to and comes from other instances, apart from our own files: everything in it is gone when the build it is for has ended. It needs no
 * backup; what is missing of it makes a build go elsewhere.
 */
export interface Exchange extends FileStore {
  readonly list: () => Promise<readonly Sha256[]>;
}
