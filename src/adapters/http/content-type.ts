/** Media type of a file of a Debian archive. Nothing from a package is ever called HTML. */
export const contentType = (name: string): string => {
  const dot = name.lastIndexOf('.');
  return (
    (dot === -1 ? undefined : byExtension[name.slice(dot + 1)]) ??
    (plain.test(name) ? text : 'application/octet-stream')
  );
};

const text = 'text/plain; charset=utf-8';

/** The indices proper, whose names carry no extension. */
const plain = /^(?:InRelease|Release|Packages|Sources|Contents-[a-z0-9-]+|Translation-[A-Za-z_]+|Index)$/;

const byExtension: Readonly<Record<string, string | undefined>> = {
  __proto__: null as unknown as undefined,
  deb: 'application/vnd.debian.binary-package',
  udeb: 'application/vnd.debian.binary-package',
  ddeb: 'application/vnd.debian.binary-package',
  dsc: text,
  changes: text,
  buildinfo: text,
  build: text,
  buildlog: text,
  log: text,
  gz: 'application/gzip',
  xz: 'application/x-xz',
  zst: 'application/zstd',
  bz2: 'application/x-bzip2',
  lzma: 'application/x-lzma',
  tar: 'application/x-tar',
  diff: text,
  asc: 'application/pgp-signature',
  gpg: 'application/pgp-signature',
};
