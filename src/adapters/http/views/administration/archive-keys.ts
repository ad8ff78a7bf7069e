import { type Html, html } from '../html.ts';
import { badge, row, table, time } from '../parts.ts';
import { commandLink } from './frame.ts';
import type { ArchiveKeyLine } from './models.ts';

/** The keys that sign what apt reads, and what can be done with each; every deed shows what it comes to before it is done. */
export const archiveKeys = (keys: readonly ArchiveKeyLine[]): Html => {
  const newest = keys.findLast(({ state }) => state === 'signing')?.fingerprint;
  return html`<section class="card" id="archive-keys"><h2>Archive keys</h2>
${table(
  ['Key', 'State', 'Made', 'Ends', 'Deeds'],
  keys
    .toReversed()
    .slice(0, mostShown)
    .map((key) => line(key, key.fingerprint === newest)),
)}
${keys.length > mostShown && html`<p class="quiet">and ${keys.length - mostShown} older ones: <code>archivekey list</code></p>`}
<p>${commandLink('archivekey', { action: 'new' }, 'A new key beside them …')} <span class="quiet">Old and new sign side by side until the old one is retired.</span> <a href="#history">What happened to them</a></p></section>`;
};

const mostShown = 20;

const line = (key: ArchiveKeyLine, isNewest: boolean) =>
  row(
    html`<code>${key.fingerprint}</code>${key.subkeys.map((subkey) => html`<br><span class="quiet">subkey <code>${subkey}</code></span>`)}`,
    badge(key.state, looks[key.state]),
    key.createdAt === null ? '' : time(key.createdAt),
    ends(key),
    deeds(key, isNewest),
  );

const looks = { signing: 'good', retiring: 'warn', retired: 'idle' } as const;

const ends = ({ state, expiresAt, retiresAt, retiredAt, waitsFor }: ArchiveKeyLine): Html => {
  if (state === 'retired') return html`${retiredAt !== null && time(retiredAt)}`;
  return html`${expiresAt === null ? 'never by itself' : time(expiresAt)}${retiresAt !== null && html`; retires ${time(retiresAt)}`}${waitsFor.length > 0 && html`, once the keyring packages in ${waitsFor.join(', ')} carry the newest`}`;
};

/** The others give way to the newest, which is not retired before there is a newer one. */
const deeds = ({ state, expiresAt, fingerprint }: ArchiveKeyLine, isNewest: boolean): Html | string => {
  const deed = (action: string, says: string): Html => commandLink('archivekey', { action, fingerprint }, says);
  const all = [
    ...(state !== 'retired' && expiresAt !== null ? [deed('prolong', 'Prolong …')] : []),
    ...(state === 'signing' && !isNewest ? [deed('retire', 'Retire …')] : []),
    ...(state === 'retiring' ? [deed('keep', 'Keep it …')] : []),
  ];
  return html`${all.map((each, index) => html`${index > 0 && ' · '}${each}`)}`;
};
