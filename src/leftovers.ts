import { isLeft } from 'fp-ts/lib/Either.js';
import { chrootName } from './domain/configuration/configuration.ts';
import type { NodeName } from './domain/node/events.ts';
import type { Chroots } from './ports/builder.ts';
import { duty, type Tell } from './ports/tell.ts';
import type { BuildStory } from './projections/build-queue.ts';
import type { RequestStory } from './projections/buildrequests.ts';
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

/** Checks that nobody runs at start: ours, and those of a name that is no node's. We were called so before, or another machine was the archive. */
export const leftChecks = ({ checks, nodes }: World, us: string): readonly CheckStory[] =>
  [...checks.open.values()].filter(
    ({ status, builder }) => status === 'running' && (builder === us || !nodes.has(builder as NodeName)),
  );

const reason = 'the daemon was restarted';

/** A build found running by us at start is ended: it is given back. */
export const giveBackBuilds = async (leftovers: readonly BuildStory[], tell: Tell): Promise<void> => {
  for (const { id: build, attempts: attempt, requested, changedBy } of leftovers) {
    const because = duty('run-builds', requested.upload, changedBy);
    insisted(await tell({ command: 'GiveBackBuild', build, attempt, reason }, because));
  }
};

/** So is what was built for others. */
export const interruptBuildrequests = async (leftovers: readonly RequestStory[], tell: Tell): Promise<void> => {
  for (const { received, attempts: attempt, changedBy } of leftovers) {
    const { request } = received;
    const because = duty('run-buildrequests', request, changedBy);
    insisted(await tell({ command: 'InterruptBuildrequest', request, attempt, reason }, because));
  }
};

/** And checks. */
export const giveBackChecks = async (leftovers: readonly CheckStory[], tell: Tell): Promise<void> => {
  for (const { id: check, attempts: attempt, requested, changedBy } of leftovers) {
    const because = duty('run-checks', requested.upload, changedBy);
    insisted(await tell({ command: 'GiveBackCheck', check, attempt, reason }, because));
  }
};

/** Cancelled, or taken from us, meanwhile it need not be given back. Any other refusal means that we misread the log. */
const insisted = (told: Awaited<ReturnType<Tell>>): void => {
  if (isLeft(told) && told.left.rule !== 'stale-attempt')
    throw new Error(`what was running cannot be given back: ${told.left.fact}`);
};
