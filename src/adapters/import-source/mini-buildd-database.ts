import { DatabaseSync } from 'node:sqlite';

/** What the configuration of a mini-buildd 1.1 or 2 says of one kind of object, a line each. */
export type Told = { readonly what: string; readonly lines: readonly string[] };

/** What is told, and which of its columns say enough: those that the version at hand has. */
const kinds: readonly { readonly what: string; readonly table: string; readonly columns: readonly string[] }[] = [
  {
    what: 'uploader',
    table: 'mini_buildd_uploader',
    columns: ['user_id', 'key_name', 'key_fingerprint', 'key_long_id'],
  },
  { what: 'may upload to', table: 'mini_buildd_uploader_may_upload_to', columns: ['uploader_id', 'repository_id'] },
  { what: 'remote', table: 'mini_buildd_remote', columns: ['http', 'key_name', 'key_fingerprint', 'key_long_id'] },
  { what: 'source', table: 'mini_buildd_source', columns: ['id', 'origin', 'codename', 'codeversion'] },
  { what: 'chroot', table: 'mini_buildd_chroot', columns: ['id', 'source_id', 'architecture_id', 'personality'] },
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

/** On one line of a terminal. */
const plain = (value: unknown): string =>
  String(value ?? '')
    .replace(/[^\x20-\x7E\xA0-\u{10FFFF}]+/gu, ' ')
    .slice(0, 200);
