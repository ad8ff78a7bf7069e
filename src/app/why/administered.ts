import { subscriptionWords } from '../../domain/account/subscription.ts';
import { lackOfRoom } from '../../domain/disk-room.ts';
import type { DaemonEvent } from '../../domain/event.ts';
import { limits } from '../../domain/upload/authorisation.ts';

/** What an event says of what is looked after: accounts, remotes, nodes, webhooks, keys of uploaders. Nothing of anything else. */
export const administered = (event: DaemonEvent): string | undefined => {
  switch (event.type) {
    case 'AccountRegistered':
      return 'a user, not active yet';
    case 'RoleChanged':
      return `the role ${event.role}`;
    case 'RemoteConfigured':
      return `at ${event.url}, with the key ${event.fingerprint}`;
    case 'RemoteIntroduced':
      return `asks to be known, from ${event.url} with the key ${event.fingerprint}`;
    case 'RemoteActivated':
      return `what it signs counts${event.repositories.length === 0 ? '' : `, for ${event.repositories.join(', ')}`}${event.tags.length === 0 ? '' : `; called ${event.tags.join(' ')}`}`;
    case 'RemoteDeactivated':
      return 'nothing it signs counts any more';
    case 'RemoteFound':
      return `it answers, with ${event.chroots.length === 0 ? 'no chroots' : `chroots for ${event.chroots.map(({ codename, architecture }) => `${codename}/${architecture}`).join(' ')}`}`;
    case 'RemoteLost':
    case 'RemoteUploadRefused':
    case 'RemoteIntroductionRefused':
      return `${event.rule}: ${event.fact}`;
    case 'RemoteWoken':
      return event.because;
    case 'NodeChrootFailed':
      return `${event.codename}/${event.architecture}: ${event.fact}`;
    case 'NodeDiskFilled':
      return lackOfRoom(event.room, 'its disk');
    case 'WebhookAdded':
      return `${event.host} is told of ${subscriptionWords(event)}`;
    case 'UploaderKeySubmitted':
      return `the key ${event.fingerprint}`;
    case 'UploaderApproved':
      return `for ${event.repository}${limits(event)}, with the key ${event.fingerprint}`;
    case 'UploaderRevoked':
      return `for ${event.repository}`;
    default:
      return undefined;
  }
};
