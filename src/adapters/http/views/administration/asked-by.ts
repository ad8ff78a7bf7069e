import type { AskedBy } from '../same-as.ts';

const listed = (command: string): AskedBy => ({ command, given: { action: 'list' }, positional: ['action'] });
const plain = (command: string): AskedBy => ({ command, given: {}, positional: [] });

/** One object, or all of its kind. */
const declared = (section: string, name?: string): AskedBy => ({
  command: 'declared',
  given: { section, ...(name === undefined ? {} : { name }) },
  positional: ['section', 'name'],
});

const isDeclared = (place: string): boolean =>
  ['instance', 'sources', 'layouts', 'distributions', 'repositories', 'retention', 'chroots'].includes(place);

const commands: Readonly<Record<string, AskedBy>> = {
  '': plain('status'),
  builders: listed('remote'),
  accounts: listed('user'),
  uploaders: listed('uploader'),
  notifications: listed('webhook'),
  remotes: listed('remote'),
  nodes: listed('node'),
  webhooks: listed('webhook'),
};

/**
 * Which command says what a place in administration shows; of what has none of its own the configuration tells. `page` is the place
 * with the object that is looked at.
 */
export const askedBy = (place: string, page: string): AskedBy => {
  const [kind = '', name, what] = page.split('/').map(decodeURIComponent);
  if (name === undefined || name === '')
    return commands[place] ?? (isDeclared(place) ? declared(place) : plain('export'));
  if (what === 'remove') return removals(name)[place] ?? plain('export');
  return isDeclared(place) ? declared(place, name) : (commands[kind] ?? commands[place] ?? plain('export'));
};

/** Of other kinds the whole configuration without it is applied. */
const removals = (name: string): Readonly<Record<string, AskedBy>> => ({
  repositories: { ...changing('removerepository', { repository: name }), confirmed: true },
  chroots: changing('chroot', { action: 'remove', name }),
});

const changing = (command: string, given: Readonly<Record<string, string>>): AskedBy => ({
  command,
  given,
  positional: Object.keys(given),
  changes: true,
});
