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
};

/** Which command says what a place in administration shows; of what has none of its own the configuration tells. */
export const askedBy = (place: string): AskedBy => commands[place] ?? plain('export');
