import type { AskedBy } from '../same-as.ts';

const listed = (command: string): AskedBy => ({ command, given: { action: 'list' }, positional: ['action'] });
const plain = (command: string): AskedBy => ({ command, given: {}, positional: [] });

const commands: Readonly<Record<string, AskedBy>> = {
  '': plain('status'),
  sources: plain('sources'),
  repositories: plain('repositories'),
  chroots: listed('chroot'),
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
  if (name === undefined) return commands[place] ?? plain('export');
  if (what === 'remove') return removals(name)[place] ?? plain('export');
  return place === 'retention'
    ? changing('retention', { repository: name })
    : (commands[kind] ?? commands[place] ?? plain('export'));
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
