/** For `catch`: what is not there is `undefined`, all else goes on up. */
export const ifGone = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
};
