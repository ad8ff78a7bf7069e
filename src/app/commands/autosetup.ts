import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { PresetRequest } from '../../domain/configuration/preset-objects.ts';
import { reasonOf } from '../../domain/reason.ts';
import { type Refusal, refusal } from '../../domain/refusal.ts';
import type { HostMachine } from '../../ports/host.ts';
import type { Voice } from '../../ports/tell.ts';
import type { World } from '../../projections/world.ts';
import { readPresetRequest } from '../configuration/preset-request.ts';
import { carryOutReconfiguration, type Guard } from '../configuration/reconfigure.ts';
import { type PresetPlan, planPresets, presetsInWords } from '../configuration/set-up-presets.ts';
import { flag } from './arguments.ts';
import { type ArgumentOf, type Command, command } from './command.ts';
import { heard } from './deed.ts';

/** `autosetup`: adds what the presets know and the instance lacks. */
export const autosetup = (world: World, host: HostMachine, voice: Voice): Command =>
  command({
    name: 'autosetup',
    summary: 'Adds sources, distributions, repositories and chroots for current releases, where they are missing',
    arguments: {
      vendors: list('debian', 'Whose releases: debian, ubuntu', 'V'),
      codenames: list('', 'Which of them, such as trixie,sid; all that are current without'),
      repositories: list('test', 'Repositories to make: test, debdev', 'R'),
      'chroot-backend': list(
        'Dir',
        'Kind of chroots: Dir, File, BtrfsSnapshot, LVM, unshare; none for no chroots',
        'C',
      ),
      'volume-group': list('', 'Where LVM makes volumes for chroots: one of those that vgs shows'),
      mirror: list('', 'Mirrors besides those of the host, such as ubuntu=http://HOST/ubuntu/'),
      keyring: list('', 'Keyring files besides those of the host, such as ubuntu=/usr/share/keyrings/FILE'),
      update: flag('Also makes what is there already as the presets have it'),
      force: flag('Also when apt would see packages no more that it sees now'),
      'dry-run': flag('Only shows what would change', 'n'),
    },
    privilege: 'admin',
    changes: true,
    needsConfirmation: true,
    run: async (given, actor) => {
      const request = readPresetRequest({
        ...given,
        chroots: given['chroot-backend'],
        volumeGroup: given['volume-group'],
      });
      if (isLeft(request)) return request;
      const isDone = !given['dry-run'];
      const guard = { contents: world.contents, force: given.force };
      const plan = await planFor({ ...request.right, update: given.update }, guard, world, host);
      if (isLeft(plan)) return plan;
      const because = { actor, causedBy: undefined, correlation: 'autosetup' };
      const done = await carryOutReconfiguration(plan.right, because, heard(voice, given));
      if (isLeft(done)) return done;
      const { differences, taken, kept } = plan.right;
      return right({ json: { done: isDone, differences, taken, kept }, plain: presetsInWords(plan.right, isDone) });
    },
  });

const planFor = async (
  request: PresetRequest & { readonly update: boolean },
  guard: Guard,
  world: World,
  machine: HostMachine,
): Promise<Either<readonly Refusal[], PresetPlan>> => {
  try {
    return planPresets(request, await machine.read(), world.configuration, guard);
  } catch (error) {
    return left([refusal('host-without-archive', reasonOf(error), 'run apt-get update')]);
  }
};

const list = (fallback: string, summary: string, short?: string): ArgumentOf<string> => ({
  codec: t.string,
  positional: false,
  short,
  fallback,
  summary,
});
