/** Bytes up to where the control archive of a binary package begins (deb(5)). */
export const debHead = 8 + 60 + 4 + 60;

type Member = { readonly name: string; readonly size: number };

/** The second member of the ar archive, which begins at `debHead`; `undefined` for what is no binary package. */
export const controlMember = (head: Buffer): Member | undefined => {
  if (head.toString('latin1', 0, 8) !== '!<arch>\n' || memberName(head, 8) !== 'debian-binary') return undefined;
  return head.toString('latin1', 68, 72) === '2.0\n' ? memberAt(head, 72) : undefined;
};

/** The control archive in the beginning of a package, and where: members before it whose names begin with `_` may be passed over by who does not know them (deb(5)). */
export const controlMemberIn = (start: Buffer): (Member & { readonly at: number }) | undefined => {
  let at = debHead;
  let member = controlMember(start);
  while (member?.name.startsWith('_')) {
    at += Math.ceil(member.size / 2) * 2 + 60;
    member = memberAt(start, at - 60);
  }
  return member === undefined ? undefined : { ...member, at };
};

const memberAt = (head: Buffer, at: number): Member | undefined => {
  const size = /^\d+(?= *$)/.exec(head.toString('latin1', at + 48, at + 58))?.[0];
  return size !== undefined && at + 60 <= head.length ? { name: memberName(head, at), size: Number(size) } : undefined;
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
