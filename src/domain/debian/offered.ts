import { isLeft } from 'fp-ts/lib/Either.js';
import { fieldOf, parseDeb822 } from './deb822.ts';
import { Version } from './names.ts';
import { type Alternative, allows } from './relation.ts';

/** What a binary package of an archive offers under one name: its own, or one that it provides. */
export type Offered = {
  readonly package: string;
  readonly packageVersion: Version;
  readonly name: string;
  /** As what it counts there; what is provided without a version meets no relation that asks for one (Policy §7.5). */
  readonly version: Version | undefined;
};

/** What a stanza of `Packages` offers; nothing where it cannot be read. */
export const offeredBy = (stanza: string): readonly Offered[] => {
  const parsed = parseDeb822(stanza);
  const [only] = isLeft(parsed) ? [] : parsed.right;
  const name = only && fieldOf(only, 'Package');
  const version = only && fieldOf(only, 'Version');
  if (only === undefined || name === undefined || !Version.is(version)) return [];
  const self = { package: name, packageVersion: version };
  const provided = (fieldOf(only, 'Provides') ?? '').split(',').flatMap((each) => {
    const [, other, as] = /^\s*([a-z0-9][a-z0-9+.-]+)(?::[a-z]+)?(?: ?\(= ?([^()\s]+)\))?\s*$/.exec(each) ?? [];
    return other === undefined ? [] : [{ ...self, name: other, version: Version.is(as) ? as : undefined }];
  });
  return [{ ...self, name, version }, ...provided];
};

/** Whether a stanza of `Packages` may offer one of the names: a quick look, before it is read. */
export const mayOffer = (names: ReadonlySet<string>, stanza: string): boolean => {
  const name = /^Package: *(\S+)/m.exec(stanza)?.[1];
  if (name === undefined) return false;
  if (names.has(name)) return true;
  const provided = /^Provides: *(.*)$/m.exec(stanza)?.[1];
  return provided !== undefined && [...provided.matchAll(/[a-z0-9][a-z0-9+.-]+/g)].some(([each]) => names.has(each));
};

export const meets = (offered: Offered, wanted: Alternative): boolean =>
  offered.name === wanted.package &&
  (offered.version === undefined ? wanted.version === undefined : allows(wanted, offered.version));
