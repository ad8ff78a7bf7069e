import { isOvertaken } from '../domain/configuration/base-change.ts';
import type { ChrootOutdated } from '../domain/configuration/chroot-events.ts';
import type { SourceConfigured } from '../domain/configuration/events.ts';
import { duty, type Tell } from '../ports/tell.ts';
import type { World } from '../projections/world.ts';

/** Says of each template that was made of this source before it changed that it is to be made anew; builds go on with it meanwhile. */
export const outdateTemplates = async (
  { id, suite }: SourceConfigured,
  released: number,
  { configuration, templates }: World,
  now: number,
  tell: Tell,
): Promise<void> => {
  const reason = `${suite} changed on ${new Date(released).toISOString()}`;
  for (const { chroot, prepared, isOutdated } of [...templates.values()]) {
    if (chroot === undefined || prepared === undefined || isOutdated) continue;
    if (configuration.distributions.get(chroot.codename)?.base !== id) continue;
    if (!isOvertaken(Date.parse(prepared.preparedAt), released, now)) continue;
    const { codename, architecture } = chroot;
    const event: ChrootOutdated = { type: 'ChrootOutdated', codename, architecture, reason };
    await tell({ command: 'Report', event }, duty('check-sources', id));
  }
};
