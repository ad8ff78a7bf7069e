/** Bytes up to where the control archive of a binary package begins (deb(5)). */
export const debHead = 8 + 60 + 4 + 60;

/** The second member of the ar archive, which begins at `debHead`; `undefined` for what is no binary package. */
export const controlMember = (head: Buffer): { readonly name: string; readonly size: number } | undefined => {
  if (head.toString('latin1', 0, 8) !== '!<arch>\n' || memberName(head, 8) !== 'debian-binary') return undefined;
  if (head.toString('latin1', 68, 72) !== '2.0\n') return undefined;
  const size = Number(head.toString('latin1', 120, 130).trim());
  return Number.isSafeInteger(size) ? { name: memberName(head, 72), size } : undefined;
};

/** GNU ar ends names in a slash, dpkg-deb does not. */
const memberName = (head: Buffer, at: number): string => head.toString('latin1', at, at + 16).replace(/\/? *$/, '');

/**
 * The one regular file `control` of a tar archive. Whatever else could become that file where GNU tar unpacks it, as dpkg lets it, makes it none: another entry
 * of that name, even through a link, or a header that calls entries otherwise.
 */
export const controlIn = (tar: Buffer): string | undefined => {
  const found: string[] = [];
  let longName: string | undefined;
  for (let at = 0; at + 512 <= tar.length && !isEnd(tar, at); ) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    if (!Number.isSafeInteger(size) || at + 512 + size > tar.length) return undefined;
    const body = tar.subarray(at + 512, at + 512 + size);
    const kind = kindOf(tar.toString('latin1', at + 156, at + 157), body);
    const name = longName ?? untilNul(tar.toString('latin1', at, at + 100));
    if (kind === undefined || name === '') return undefined;
    if (kind !== 'header') {
      if (/(?:^|\/)control\/*$/.test(name)) {
        if (kind !== 'file' || !/^(?:\.\/)?control$/.test(name)) return undefined;
        found.push(body.toString('latin1'));
      }
      longName = undefined;
    } else if (tar[at + 156] === 0x4c) longName = untilNul(body.toString('latin1'));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found.length === 1 ? found[0] : undefined;
};

const zeros = Buffer.alloc(512);
const isEnd = (tar: Buffer, at: number): boolean => tar.subarray(at, at + 512).equals(zeros);

const untilNul = (text: string): string => text.replace(/\0.*$/s, '');

const kindOf = (type: string, body: Buffer): 'file' | 'other' | 'header' | undefined => {
  switch (type) {
    case '0':
    case '\0':
      return 'file';
    case '1':
    case '2':
    case '5':
      return body.length === 0 ? 'other' : undefined;
    case 'L':
    case 'K':
      return 'header';
    case 'x':
    case 'g':
      return /[ \t](?:path|size|GNU\.sparse[^=]*)=/.test(body.toString('latin1')) ? undefined : 'header';
    default:
      return undefined;
  }
};
