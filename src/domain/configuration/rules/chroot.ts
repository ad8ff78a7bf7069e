import type { Refusal } from '../../refusal.ts';
import { chrootName } from '../configuration.ts';
import type { ChrootConfigured } from '../events.ts';
import { isOneLine, unless } from './rule.ts';

/** What is wrong with a chroot by itself. What its kind needs besides is the root helper's to say. */
export const chrootFaults = (chroot: ChrootConfigured): readonly Refusal[] => {
  const about = `chroot ${chrootName(chroot)}`;
  return [
    ...unless(chroot.architecture !== 'all', 'no-architecture', `${about} is for no machine`, 'name an architecture'),
    ...chroot.include.flatMap((name) =>
      unless(
        /^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?$/.test(name),
        'malformed-package',
        `${about} is to include "${name.slice(0, 60)}"`,
        'name binary packages (Policy §5.6.1)',
      ),
    ),
    ...Object.entries(chroot.options).flatMap(([option, value]) =>
      unless(
        /^[a-z][a-z0-9-]{0,30}$/.test(option) && isOneLine(value),
        'malformed-chroot-option',
        `${about}: "${option.slice(0, 40)}" is "${value.slice(0, 60)}"`,
        'write options as the manual has them, such as volume-group',
      ),
    ),
  ];
};
