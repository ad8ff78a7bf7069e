import type { AskedBy } from '../same-as.ts';
import type { Proposal } from './models.ts';

const listed = (command: string): AskedBy => ({ command, given: { action: 'list' }, positional: ['action'] });
const plain = (command: string): AskedBy => ({ command, given: {}, positional: [] });

/** One of a list. */
export const listedOne = (command: string, argument: string, name: string): AskedBy => ({
  command,
  given: { action: 'list', [argument]: name },
  positional: ['action', argument],
});

/** Of who is forgotten, the history. */
export const happenedTo = (account: string): AskedBy => ({
  command: 'history',
  given: { stream: `account-${account}` },
  positional: [],
});

/** What a form comes to is what `apply` makes of its document. */
export const applied = ({ document, taken }: Pick<Proposal, 'document' | 'taken'>): AskedBy => ({
  command: 'apply',
  given: { configuration: document, ...(taken.length > 0 ? { force: 'true' } : {}) },
  positional: ['configuration'],
  changes: true,
  confirmed: true,
});

/** One object, or all of its kind. */
export const declared = (section: string, name?: string): AskedBy => ({
  command: 'declared',
  given: { section, ...(name === undefined ? {} : { name }) },
  positional: ['section', 'name'],
});

/** The same narrowed to what holds `part`. */
export const narrowedTo = (by: AskedBy, part: string): AskedBy =>
  part === '' ? by : { ...by, given: { ...by.given, holding: part } };

const commands: Readonly<Record<string, AskedBy>> = {
  '': plain('declared'),
  builders: plain('builders'),
  accounts: listed('user'),
  uploaders: listed('uploader'),
  notifications: plain('notifications'),
  configuration: plain('export'),
};

/** Which command says what a place in administration shows, or does. `page` is the place with the object that is looked at. */
export const askedBy = (place: string, page: string): AskedBy => {
  const [, name, what] = page.split('/').map(decodeURIComponent);
  if (what === 'remove' && name !== undefined) return removal(place, name);
  const isOfAll = name === undefined || name === '' || page.startsWith('add/');
  return commands[place] ?? declared(place, isOfAll ? undefined : name);
};

const removal = (section: string, name: string): AskedBy => {
  if (section === 'repositories') return { ...changing('removerepository', { repository: name }), confirmed: true };
  if (section === 'chroots') return changing('chroot', { action: 'remove', name });
  return { ...changing('undeclare', { section, name }), confirmed: true };
};

const changing = (command: string, given: Readonly<Record<string, string>>): AskedBy => ({
  command,
  given,
  positional: Object.keys(given),
  changes: true,
});
