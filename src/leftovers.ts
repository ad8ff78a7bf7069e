import { isLeft } from 'fp-ts/lib/Either.js';
import { chrootName } from './domain/configuration/configuration.ts';
import type { Chroots } from './ports/builder.ts';
import { duty, type Tell } from './ports/tell.ts';
import type { BuildStory } from './projections/build-queue.ts';
import type { CheckStory } from './projections/checks.ts';
import type { World } from './projections/world.ts';
import type { Purpose } from './reactors/prepare-chroots.ts';

/** What the log calls prepared may have been deleted since: then it is prepared anew, and no build is lost on it. */
export const missTemplates = async (purpose: Purpose, world: World, chroots: Chroots, tell: Tell): Promise<void> => {
  for (const { prepared } of purpose.templates(world).values()) {
    if (prepared === undefined) continue;
    const { codename, architecture, generation } = prepared;
    if (await chroots.isReady(codename, architecture, generation)) continue;
    const fact = 'the template was not found at start';
    await tell(
      { command: 'Report', event: { type: purpose.lost, codename, architecture, generation, fact } },
      duty(purpose.name, chrootName(prepared)),
    );
  }
};

/** A build found running by us at start is ended: it is given back. */
export const giveBack = async (leftovers: readonly BuildStory[], tell: Tell): Promise<void> => {
  for (const { id, attempts, requested } of leftovers) {
    const told = await tell(
      { command: 'GiveBackBuild', build: id, attempt: attempts, reason: 'the daemon was restarted' },
      duty('run-builds', requested.upload),
    );
    if (isLeft(told)) throw new Error(`build ${id} cannot be given back: ${told.left.fact}`);
  }
};

export const giveBackChecks = async (leftovers: readonly CheckStory[], tell: Tell): Promise<void> => {
  for (const { id, attempts, requested } of leftovers) {
    const told = await tell(
      { command: 'GiveBackCheck', check: id, attempt: attempts, reason: 'the daemon was restarted' },
      duty('run-checks', requested.upload),
    );
    if (isLeft(told)) throw new Error(`check ${id} cannot be given back: ${told.left.fact}`);
  }
};
