import type { StoredFile } from '../debian/names.ts';
import { type Refusal, refusal } from '../refusal.ts';

/** What the tar of a buildresult may hold: it has to come through the incoming of who asked, as one file, with what a tar puts around its members. */
export const mostInResult = { members: 400, bytes: 8 * 2 ** 30 - 2 ** 20 };

/** Why they do not go into one tar. */
export const tooMuchForResult = (files: readonly Pick<StoredFile, 'size'>[]): Refusal | undefined => {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (files.length <= mostInResult.members && bytes <= mostInResult.bytes) return undefined;
  return refusal(
    'oversized',
    `the build made ${files.length} files of ${bytes} bytes, a buildresult holds ${mostInResult.members} of ${mostInResult.bytes}`,
    'give the instance that has the repository a chroot or a builder node for it, or split the source package',
  );
};
