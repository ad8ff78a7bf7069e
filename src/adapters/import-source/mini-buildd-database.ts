import { DatabaseSync } from 'node:sqlite';

/** What the configuration of a mini-buildd 1.1 or 2 says of one kind of object, a line each. */
export type Told = { readonly what: string; readonly lines: readonly string[] };

/** What is told, and which of its columns say enough: those that the version at hand has. */
const kinds: readonly { readonly what: string; readonly table: string; readonly columns: readonly string[] }[] = [
  { what: 'source', table: 'mini_buildd_source', columns: ['id', 'origin', 'codename', 'codeversion'] },
  {
    what: 'repository',
    table: 'mini_buildd_repository',
    columns: ['identity', 'layout_id', 'allow_unauthenticated_uploads', 'extra_uploader_keyrings'],
  },
  { what: 'account', table: 'auth_user', columns: ['id', 'username', 'is_active', 'is_staff', 'is_superuser'] },
];

const mostLines = 500;

/** Reads `config.sqlite` and changes nothing of it. Kinds that it does not have in this form are left out. Throws where it is no such database. */
export const configurationTold = (file: string): readonly Told[] => {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return kinds.flatMap(({ what, table, columns }) => {
      const there = new Set(
        db
          .prepare('SELECT name FROM pragma_table_info(?)')
          .all(table)
          .map(({ name }) => String(name)),
      );
      const known = columns.filter((column) => there.has(column));
      if (known.length === 0) return [];
      const rows = db
        .prepare(`SELECT ${known.map((column) => `"${column}"`).join(', ')} FROM "${table}" LIMIT ?`)
        .all(mostLines);
      return [{ what, lines: rows.map((row) => known.map((column) => `${column}=${plain(row[column])}`).join(' ')) }];
    });
  } finally {
    db.close();
  }
};

type Row = Readonly<Record<string, unknown>>;

/** Kinds of chroots, and whose rows they are besides: each has its own table beside the common one. */
const chrootKinds: readonly (readonly [kind: string, table: string, key: string])[] = [
  ['looplvm', 'mini_buildd_looplvmchroot', 'lvmchroot_ptr_id'],
  ['lvm', 'mini_buildd_lvmchroot', 'chroot_ptr_id'],
  ['dir', 'mini_buildd_dirchroot', 'chroot_ptr_id'],
  ['file', 'mini_buildd_filechroot', 'chroot_ptr_id'],
  ['btrfssnapshot', 'mini_buildd_btrfssnapshotchroot', 'chroot_ptr_id'],
];

/** Uploaders with their keys, other instances and chroots; those of kinds that it does not have are none. Throws where it is no such database. */
export const oldObjects = (file: string) => {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = (table: string): readonly Row[] =>
    db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) === undefined
      ? []
      : db.prepare(`SELECT * FROM "${table}" LIMIT ?`).all(mostLines);
  const by = (table: string, key: string): ReadonlyMap<unknown, Row> =>
    new Map(rows(table).map((row) => [row[key], row]));
  try {
    const users = by('auth_user', 'id');
    const allowed = rows('mini_buildd_uploader_may_upload_to');
    const sources = by('mini_buildd_source', 'id');
    const kindRows = chrootKinds.map(([kind, table, key]) => ({ kind, by: by(table, key) }));
    return {
      uploaders: rows('mini_buildd_uploader').flatMap((row) => {
        const user = users.get(row.user_id);
        return user === undefined || user.is_active === 0 || isEmpty(row) ? [] : [uploaderOf(row, user, allowed)];
      }),
      remotes: rows('mini_buildd_remote').map((row) => ({ http: text(row.http), key: text(row.key) })),
      chroots: rows('mini_buildd_chroot').map((row) => {
        const found = kindRows.find((each) => each.by.has(row.id));
        const volumeGroup = found?.by.get(row.id)?.volume_group;
        return {
          codename: text(sources.get(row.source_id)?.codename),
          architecture: text(row.architecture_id),
          kind: found?.kind ?? 'unknown',
          volumeGroup: volumeGroup === undefined ? undefined : text(volumeGroup),
        };
      }),
    };
  } finally {
    db.close();
  }
};

/** Everybody with an account had an uploader, mostly without a key. */
const isEmpty = ({ key, key_id, key_long_id }: Row): boolean => [key, key_id, key_long_id].every((each) => !each);

const uploaderOf = (row: Row, user: Row, allowed: readonly Row[]) => ({
  login: text(user.username),
  email: text(user.email),
  fullName: [user.first_name, user.last_name].map(text).join(' ').trim(),
  key: text(row.key),
  repositories: allowed.filter(({ uploader_id }) => uploader_id === row.id).map((each) => text(each.repository_id)),
});

const text = (value: unknown): string => String(value ?? '');

/** On one line of a terminal. */
const plain = (value: unknown): string =>
  String(value ?? '')
    .replace(/[^\x20-\x7E\xA0-\u{10FFFF}]+/gu, ' ')
    .slice(0, 200);
