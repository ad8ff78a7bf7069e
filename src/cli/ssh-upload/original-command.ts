/** What the other end of ssh wants: to upload by SFTP, to change modes that files here have not, or what is refused with a sentence. */
export type Wish = 'sftp' | 'nothing' | { readonly refused: string };

/**
 * Reads SSH_ORIGINAL_COMMAND, of which no word is ever run. For the subsystem sftp it is what sshd would start instead of us. dput and
 * dupload have modes of uploaded files changed by chmod: they are as they should be.
 */
export const wishIn = (line: string): Wish => {
  const [program = ''] = line.trim().split(/\s/);
  if (/^(?:\/[\w./-]*\/)?(?:internal-sftp|sftp-server)$/.test(program)) return 'sftp';
  if (program === 'chmod') return 'nothing';
  return {
    refused:
      program === 'scp'
        ? 'the old protocol of scp is not spoken here: leave out -O, or use sftp'
        : 'this key uploads by sftp, or scp of OpenSSH 9 and later, and does nothing else',
  };
};
