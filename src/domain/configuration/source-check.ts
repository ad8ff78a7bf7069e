import type { Either } from 'fp-ts/lib/Either.js';
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js';
import { guessCodeversion } from '../debian/codeversion.ts';
import { parseRelease, type Release } from '../debian/release.ts';
import { type Refusal, refusal } from '../refusal.ts';
import { isSame } from '../same.ts';
import type { SourceChecked, SourceCheckFailed, SourceConfigured } from './events.ts';

/** What one archive was found to hold, and how long it took to say so. */
export type ArchiveFacts = Pick<SourceChecked, 'codeversion' | 'architectures' | 'components'>;
export type Look = {
  readonly uri: string;
  readonly milliseconds: number;
  readonly found: Either<Refusal, ArchiveFacts>;
};

/** What an archive says of itself, for people to compare: what it is called, of when it is, and how long it holds. */
export type ArchiveIdentity = {
  readonly origin: string | null;
  readonly suite: string | null;
  readonly codename: string | null;
  readonly date: string | null;
  readonly validUntil: string | null;
};

export const identityOf = (text: string): ArchiveIdentity | undefined => {
  const parsed = parseRelease(text);
  if (isLeft(parsed)) return undefined;
  const { origin, suite, codename, date, validUntil } = parsed.right;
  const said = (field: string | undefined): string | null => field?.slice(0, 100) ?? null;
  return {
    origin: said(origin),
    suite: said(suite),
    codename: said(codename),
    date: said(date),
    validUntil: said(validUntil),
  };
};

/** Holds a `Release`, whose signature is good, against what the source is to be. `now` in milliseconds. */
export const judgeRelease = (source: SourceConfigured, text: string, now: number): Either<Refusal, ArchiveFacts> => {
  const parsed = parseRelease(text);
  if (isLeft(parsed)) return parsed;
  const release = parsed.right;
  const fault = identityFault(source, release) ?? ageFault(source, release, now);
  if (fault !== undefined) return left(fault);
  const { codename, version } = release;
  return right({
    codeversion: guessCodeversion({ origin: source.origin, codename: codename ?? source.codename, version }),
    architectures: release.architectures.slice(0, mostWords),
    components: release.components.map((component) => bare(component, source)).slice(0, mostWords),
  });
};

/** More than any archive has; what a stranger writes must fit into an event. */
const mostWords = 200;

const bare = (component: string, { removeFromComponents }: SourceConfigured): string =>
  removeFromComponents !== '' && component.startsWith(removeFromComponents)
    ? component.slice(removeFromComponents.length)
    : component;

const identityFault = (source: SourceConfigured, release: Release): Refusal | undefined => {
  const { Codename: codename, ...pinned } = source.pin;
  const isNamed =
    codename === undefined
      ? source.suite.endsWith('/') || release.codename === source.suite || release.suite === source.suite
      : release.codename === codename;
  if (!isNamed) return other('Codename', release.codename, codename ?? source.suite);
  if (release.origin !== source.origin) return other('Origin', release.origin, source.origin);
  for (const [field, wanted] of Object.entries(pinned)) {
    const is = { Suite: release.suite, Archive: release.suite, Version: release.version, Label: release.label }[field];
    if (is !== wanted) return other(field, is, wanted);
  }
  return undefined;
};

const other = (field: string, is: string | undefined, wanted: string): Refusal =>
  refusal(
    'another-archive',
    `its Release has the ${field} "${(is ?? '').slice(0, 80)}", the source "${wanted}"`,
    'correct the source (suite, origin, pin), or the address of the archive',
  );

const ageFault = (source: SourceConfigured, { validUntil }: Release, now: number): Refusal | undefined => {
  if (!source.checkValidUntil || validUntil === undefined) return undefined;
  const end = Date.parse(validUntil);
  return end >= now
    ? undefined
    : refusal(
        'expired-release',
        `its Release was valid until ${validUntil.slice(0, 60)}`,
        'wait for the mirror, choose another one, or set checkValidUntil to false where nobody updates the archive any more',
      );
};

/** What there is to say of a source after looking at all its archives; `undefined` when it was said before. */
export const newsOf = (
  source: SourceConfigured,
  looks: readonly Look[],
  before: { readonly checked: SourceChecked | undefined; readonly failed: SourceCheckFailed | undefined },
): SourceChecked | SourceCheckFailed | undefined => {
  const unusable = looks.flatMap(({ uri, found }) => (isLeft(found) ? [{ uri, because: shortened(found.left) }] : []));
  const best = bestOf(looks, before.checked?.uri);
  if (best === undefined) {
    const event: SourceCheckFailed = { type: 'SourceCheckFailed', id: source.id, unusable };
    return before.failed !== undefined && isSame(essence(event), essence(before.failed)) ? undefined : event;
  }
  const event: SourceChecked = {
    type: 'SourceChecked',
    id: source.id,
    uri: best.uri,
    usable: looks.flatMap(({ uri, found }) => (isRight(found) ? [uri] : [])),
    unusable,
    ...best.facts,
  };
  return before.failed === undefined && isSame(essence(event), essence(before.checked)) ? undefined : event;
};

/** What was the best stays it, until another one takes half its time: else two equal mirrors would be news each day. */
const bestOf = (looks: readonly Look[], before: string | undefined) => {
  const usable = looks.flatMap(({ uri, milliseconds, found }) =>
    isRight(found) ? [{ uri, milliseconds, facts: found.right }] : [],
  );
  const [fastest] = usable.toSorted((one, another) => one.milliseconds - another.milliseconds);
  const known = usable.find(({ uri }) => uri === before);
  return known !== undefined && fastest !== undefined && fastest.milliseconds * 2 > known.milliseconds
    ? known
    : fastest;
};

/** Facts name addresses and times, which change though nothing does: what is unusable, and by which rule, is what counts. */
const essence = (event: SourceChecked | SourceCheckFailed | undefined): unknown => {
  const unusable = event?.unusable.map(({ uri, because }) => ({ uri, rule: because.rule }));
  if (event?.type !== 'SourceChecked') return { unusable };
  const { uri, usable, codeversion, architectures, components } = event;
  return { uri, usable, unusable, codeversion, architectures, components };
};

const shortened = ({ rule, fact, remedy }: Refusal): Refusal => refusal(rule, fact.slice(0, 300), remedy.slice(0, 300));
