/** Bytes up to where the control archive of a binary package begins (deb(5)). */
export const debHead = 8 + 60 + 4 + 60;

/** The second member of the ar archive, which begins at `debHead`; `undefined` for what dpkg-deb does not write. */
export const controlMember = (head: Buffer): { readonly name: string; readonly size: number } | undefined => {
  if (head.toString('latin1', 0, 24) !== `!<arch>\n${'debian-binary'.padEnd(16)}`) return undefined;
  if (head.toString('latin1', 68, 72) !== '2.0\n') return undefined;
  const name = head.toString('latin1', 72, 88).replace(/[/ ]*$/, '');
  const size = Number(head.toString('latin1', 120, 130).trim());
  return Number.isSafeInteger(size) ? { name, size } : undefined;
};

/** The one regular file `control` of a tar archive. */
export const controlIn = (tar: Buffer): string | undefined => {
  const found: string[] = [];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const name = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    const kind = tar[at + 156];
    if (!Number.isSafeInteger(size) || at + 512 + size > tar.length) return undefined;
    const isFile = kind === 0x30 || kind === 0;
    if (!isFile && kind !== 0x35) return undefined;
    if (/^(?:\.\/)?control$/.test(name) && isFile) found.push(tar.toString('latin1', at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found.length === 1 ? found[0] : undefined;
};
