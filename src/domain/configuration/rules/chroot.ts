import type { Refusal } from '../../refusal.ts';
import type { ChrootConfigured } from '../chroot-events.ts';
import { chrootName } from '../configuration.ts';
import { isOneLine, unless } from './rule.ts';

/** What is wrong with a chroot by itself. What its kind needs besides is the root helper's to say. */
export const chrootFaults = (chroot: ChrootConfigured): readonly Refusal[] => {
  const about = `chroot ${chrootName(chroot)}`;
  const volumeGroup = chroot.options['volume-group'];
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
    ...unless(
      chroot.kind !== 'lvm-snapshot' || volumeGroup !== undefined,
      'missing-volume-group',
      `${about} is to be a snapshot of a logical volume, and no volume group is named`,
      'give the option volume-group: one of those that vgs shows',
    ),
    ...unless(
      chroot.kind === 'lvm-snapshot' || volumeGroup === undefined,
      'strange-chroot-option',
      `${about} is of kind ${chroot.kind}, which has nothing to do with the volume group "${volumeGroup?.slice(0, 60)}"`,
      'leave it out, or take the kind lvm-snapshot',
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
