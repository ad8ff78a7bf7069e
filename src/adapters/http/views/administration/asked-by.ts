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

/**
 * Which command says what a place in administration shows; of what has none of its own the configuration tells. `page` is the place
 * with the object that is looked at.
 */
export const askedBy = (place: string, page: string): AskedBy =>
  place === 'retention' && page.includes('/')
    ? {
        command: 'retention',
        given: { repository: decodeURIComponent(page.split('/')[1] ?? '') },
        positional: ['repository'],
        changes: true,
      }
    : (commands[place] ?? plain('export'));
