import type { Observable } from 'rxjs';
import { instant } from '../domain/codec.ts';
import { componentsFor } from '../domain/configuration/apt-sources.ts';
import { chrootName } from '../domain/configuration/configuration.ts';
import type { ChrootConfigured, SourceConfigured } from '../domain/configuration/events.ts';
import type { ChrootResult, Chroots } from '../ports/builder.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { withBestArchives } from '../projections/sources.ts';
import type { Template } from '../projections/templates.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

const dayInMs = 86_400_000;
/** A template older than this is made anew, beside the one in use. */
const longestAge = 7 * dayInMs;
const pauseAfterFailure = 60_000;

/** Makes a template for every configured chroot, and makes it anew when it is old. */
export const prepareChroots = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  chroots: Chroots,
  progress: (chroot: string, line: string) => void,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'prepare-chroots',
    owed: ({ templates }) =>
      [...templates.values()].flatMap((template) =>
        template.chroot !== undefined && isDue(template, clock.now()) ? [template.chroot] : [],
      ),
    key: chrootName,
    work: async (chroot) => {
      const { base, extras } = sourcesFor(chroot, world);
      if (base === undefined) return report(chroot, noBase(chroot), clock, tell);
      const result = await chroots.prepare(chroot, base, extras, (line) => progress(chrootName(chroot), line));
      return report(chroot, result, clock, tell);
    },
  });

const isDue = ({ prepared, failed }: Template, now: number): boolean => {
  if (failed !== undefined && now - Date.parse(failed.at) < pauseAfterFailure) return false;
  return prepared === undefined || now - Date.parse(prepared.preparedAt) > longestAge;
};

const sourcesFor = (
  { codename }: ChrootConfigured,
  { configuration, sources }: World,
): { readonly base: SourceConfigured | undefined; readonly extras: readonly SourceConfigured[] } => {
  const distribution = configuration.distributions.get(codename);
  if (distribution === undefined) return { base: undefined, extras: [] };
  const known = withBestArchives(configuration, sources).sources;
  const [base, ...extras] = [
    distribution.base,
    // Only what apt would take by itself belongs into a template; pinned extras come with each build.
    ...distribution.extras.filter(({ priority }) => priority === null).map(({ source }) => source),
  ].map((id) => {
    const source = known.get(id);
    return source && { ...source, components: componentsFor(source, distribution) };
  });
  return { base, extras: extras.filter((source) => source !== undefined) };
};

const noBase = ({ codename }: ChrootConfigured): ChrootResult => ({
  outcome: 'failed',
  stage: 'configuration',
  fact: `no source is configured for ${codename}`,
});

const report = (chroot: ChrootConfigured, result: ChrootResult, clock: Clock, tell: Tell) => {
  const { codename, architecture } = chroot;
  const because = duty('prepare-chroots', chrootName(chroot));
  if (result.outcome === 'failed') {
    const { stage, fact } = result;
    return tell({ command: 'Report', event: { type: 'ChrootFailed', codename, architecture, stage, fact } }, because);
  }
  const { generation, seconds } = result;
  const preparedAt = instant(clock.now());
  return tell(
    { command: 'Report', event: { type: 'ChrootPrepared', codename, architecture, generation, preparedAt, seconds } },
    because,
  );
};
