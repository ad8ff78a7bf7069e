import { EmailAddress } from '../../account/person.ts';
import type { Refusal } from '../../refusal.ts';
import { instanceDefaults } from '../defaults.ts';
import type { InstanceConfigured } from '../events.ts';
import { isOneLine, isPath, isPattern, unless } from './rule.ts';

/** What is wrong with an instance by itself. Its identity has the codec `InstanceId`. */
export const instanceFaults = ({ email, allowEmailsTo, portextFrom }: InstanceConfigured): readonly Refusal[] => [
  ...unless(
    email === null || (email !== '' && EmailAddress.is(email)),
    'malformed-address',
    `the instance cannot send mail as "${email?.slice(0, 80)}"`,
    'give an address such as mini-buildd@example.org, or null for one made of its hostname',
  ),
  ...unless(
    isPattern(allowEmailsTo),
    'malformed-pattern',
    `allowEmailsTo is "${allowEmailsTo.slice(0, 80)}", which is no regular expression`,
    'write one of at most 200 characters, such as @example[.]org$',
  ),
  ...unless(
    allowEmailsTo === instanceDefaults.allowEmailsTo || !/\(\?<?[=!]|\\[1-9k]/.test(allowEmailsTo),
    'malformed-pattern',
    `allowEmailsTo is "${allowEmailsTo.slice(0, 80)}", which looks ahead, back or at what it matched`,
    'write one that can be matched in a single pass, such as @example[.]org$',
  ),
  ...portextFrom.flatMap((place) =>
    unless(
      isPath(place.replace(/\/$/, '')) || (isOneLine(place, 512) && /^https?:\/\/[^/\s@]+\/\S*$/.test(place)),
      'malformed-place',
      `foreign sources cannot be fetched from "${place.slice(0, 120)}"`,
      'give the beginning of an http:// or https:// address with at least a "/" after its host, or a folder of the host',
    ),
  ),
];
