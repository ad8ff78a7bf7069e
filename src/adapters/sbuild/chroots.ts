import { readFile } from 'node:fs/promises';
import * as t from 'io-ts';
import type { ChrootConfigured } from '../../domain/configuration/chroot-events.ts';
import type { SourceConfigured } from '../../domain/configuration/events.ts';
import type { ChrootResult, Chroots, Confinement } from '../../ports/builder.ts';
import { lineReader } from './line-reader.ts';
import { ask, type RootHelper } from './root-helper.ts';

/**
 * Templates made by mmdebstrap through the root helper, in
 * `/var/lib/mini-buildd/chroots/INSTANCE/CODENAME-ARCHITECTURE/GENERATION`. Keyrings of sources are read here, as the
 * daemon's user: the helper takes no paths.
 */
export const chroots = ({
  helper,
  purpose = 'build',
}: {
  readonly helper: RootHelper;
  /** What the templates are for: the clean ones of builds, or those beside them that hold the tools of checks as well. */
  readonly purpose?: Purpose;
}): Chroots => ({
  prepare: async (chroot, base, extras, progress) => {
    const request = await keysRead([base, ...extras]).then(
      (sources) => prepareRequest(chroot, sources, purpose),
      (error: Error) => error,
    );
    if (request instanceof Error) return { outcome: 'failed', stage: 'keyring', fact: request.message };
    const lines = lineReader(progress);
    const answer = await ask(helper, request, Preparation, lines.write);
    lines.end();
    return resultOf(answer);
  },

  isReady: async (codename, architecture, generation) => {
    const request = { verb: 'is-ready', codename, architecture, generation, purpose };
    return (await ask(helper, request, t.strict({ ready: t.boolean }))).ready;
  },

  remove: async (codename, architecture) => {
    await ask(helper, { verb: 'remove-chroot', codename, architecture, purpose }, t.strict({}));
  },

  sweep: async () => (await ask(helper, { verb: 'sweep' }, t.strict({ found: t.readonlyArray(t.string) }))).found,

  confinement: async () => confinementOf(await ask(helper, { verb: 'capabilities' }, Capabilities)),
});

type Purpose = 'build' | 'checks';

type ReadSource = { readonly source: SourceConfigured; readonly keyring: Buffer };

/** What the helper is asked for. `keyring` is base64. */
export const prepareRequest = (chroot: ChrootConfigured, sources: readonly ReadSource[], purpose: Purpose): object => ({
  verb: 'prepare-chroot',
  purpose,
  codename: chroot.codename,
  architecture: chroot.architecture,
  kind: chroot.kind,
  options: chroot.options,
  include: chroot.include,
  ccache: chroot.ccache,
  sources: sources.map(({ source, keyring }) => ({
    uris: source.uris,
    suite: source.suite,
    components: source.components,
    checkValidUntil: source.checkValidUntil,
    keyring: keyring.toString('base64'),
  })),
});

const keysRead = (sources: readonly SourceConfigured[]): Promise<readonly ReadSource[]> =>
  Promise.all(sources.map(async (source) => ({ source, keyring: await keyringOf(source) })));

const keyringOf = async ({ keys }: SourceConfigured): Promise<Buffer> =>
  keys.startsWith('/') ? readFile(keys) : Buffer.from(keys);

const Preparation = t.union([
  t.strict({ prepared: t.strict({ generation: t.string, seconds: t.number }) }),
  t.strict({ failed: t.strict({ stage: t.string, fact: t.string }) }),
]);

const resultOf = (answer: t.TypeOf<typeof Preparation>): ChrootResult =>
  'prepared' in answer ? { outcome: 'prepared', ...answer.prepared } : { outcome: 'failed', ...answer.failed };

const Tried = t.union([t.literal(true), t.string]);
const Capabilities = t.strict({
  network: Tried,
  processes: Tried,
  'bounded-processes': Tried,
  'bounded-memory': Tried,
});

const confinementOf = (given: t.TypeOf<typeof Capabilities>): Confinement => {
  const { network, processes, 'bounded-processes': count, 'bounded-memory': memory } = given;
  const unbounded = [
    ...(count === true ? [] : [`the processes of one build are not counted apart from those of others (${count})`]),
    ...(memory === true ? [] : [`one build may take all memory (${memory})`]),
  ];
  return {
    network:
      network === true ? true : `builds reach the host's network, for it gives them none of their own: ${network}`,
    processes:
      processes === true ? true : `builds cannot run, for processes cannot be given a space of their own: ${processes}`,
    bounds: unbounded.length === 0 ? true : unbounded.join('; '),
  };
};
