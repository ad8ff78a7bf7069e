import type { Observable } from 'rxjs';
import { instant } from '../domain/codec.ts';
import { componentsFor } from '../domain/configuration/apt-sources.ts';
import type { ChrootConfigured, ChrootLogKept } from '../domain/configuration/chroot-events.ts';
import { chrootName } from '../domain/configuration/configuration.ts';
import { distributionDefaults } from '../domain/configuration/defaults.ts';
import type { SourceConfigured } from '../domain/configuration/events.ts';
import type { FileName, StoredFile } from '../domain/debian/names.ts';
import { hasPassed } from '../domain/has-passed.ts';
import type { ChrootResult, Chroots } from '../ports/builder.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { wantsCheckChroot } from '../projections/checks-owed.ts';
import { withBestArchives } from '../projections/sources.ts';
import { type Template, type Templates, templateFor } from '../projections/templates.ts';
import type { Place } from '../projections/waiting-reason.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

const dayInMs = 86_400_000;
const pauseAfterFailure = 60_000;

/** Puts a text into the file store, and takes out of it what nobody asks for any more. */
export type KeepLogs = {
  readonly put: (name: FileName, text: string) => Promise<StoredFile>;
  readonly letGo: (files: readonly StoredFile[]) => Promise<unknown>;
};

/** Hears what is prepared, and every line of it. */
export type Onlooker = {
  readonly begin: (chroot: string) => void;
  readonly print: (chroot: string, line: string) => void;
  readonly end: (chroot: string) => void;
};

/** What templates are for, and what is said of them. */
export type Purpose = {
  readonly name: string;
  readonly templates: (world: World) => Templates;
  readonly isWanted: (chroot: ChrootConfigured, world: World) => boolean;
  readonly prepared: 'ChrootPrepared' | 'CheckChrootPrepared';
  readonly failed: 'ChrootFailed' | 'CheckChrootFailed';
  readonly lost: 'ChrootLost' | 'CheckChrootLost';
};

export const forBuilds: Purpose = {
  name: 'prepare-chroots',
  templates: ({ templates }) => templates,
  isWanted: () => true,
  prepared: 'ChrootPrepared',
  failed: 'ChrootFailed',
  lost: 'ChrootLost',
};

/** Beside those of builds, where a distribution of the codename wants a check. Made after them: builds come first. */
export const forChecks: Purpose = {
  name: 'prepare-check-chroots',
  templates: ({ checkTemplates }) => checkTemplates,
  isWanted: (chroot, { configuration, templates }) =>
    wantsCheckChroot(configuration, chroot.codename) && templateFor(templates, chroot).prepared !== undefined,
  prepared: 'CheckChrootPrepared',
  failed: 'CheckChrootFailed',
  lost: 'CheckChrootLost',
};

/** A machine that says for which architectures it builds makes no other chroots: those are made elsewhere. */
export const madeAt = (purpose: Purpose, { architectures }: Place): Purpose =>
  architectures === undefined
    ? purpose
    : {
        ...purpose,
        isWanted: (chroot, now) => architectures.includes(chroot.architecture) && purpose.isWanted(chroot, now),
      };

/** Makes a template for every configured chroot that is wanted, and makes it anew when it is old. */
export const prepareChroots = (
  purpose: Purpose,
  world$: Observable<World>,
  clock: Clock,
  world: World,
  chroots: Chroots,
  keep: KeepLogs | undefined,
  onlooker: Onlooker,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: purpose.name,
    owed: (now) =>
      [...purpose.templates(now).values()].flatMap((template) =>
        template.chroot !== undefined &&
        isDue(template, longestAge(now, template.chroot), clock.now()) &&
        purpose.isWanted(template.chroot, now)
          ? [template.chroot]
          : [],
      ),
    key: chrootName,
    work: async (chroot) => {
      const { base, extras } = sourcesFor(chroot, world);
      if (base === undefined) return report(purpose, chroot, noBase(chroot), clock, tell);
      const name = chrootName(chroot);
      const lines: string[] = [];
      onlooker.begin(name);
      try {
        const result = await chroots.prepare(withCertificates(chroot, world), base, extras, (line) => {
          if (lines.length < mostLines) lines.push(line);
          onlooker.print(name, line);
        });
        if (purpose.name === forBuilds.name && keep !== undefined) {
          await keepLog(chroot, lines, keep, tell);
          // All of them, each time: the power may have failed before. What cannot be removed is no reason to have no template.
          await keep.letGo(templateFor(world.templates, chroot).former).catch(() => undefined);
        }
        return await report(purpose, chroot, result, clock, tell);
      } finally {
        onlooker.end(name);
      }
    },
  });

const mostLines = 20_000;

/** A log that cannot be kept changes nothing about the template. */
const keepLog = async (
  { codename, architecture }: ChrootConfigured,
  lines: readonly string[],
  { put }: KeepLogs,
  tell: Tell,
): Promise<void> => {
  const name = chrootName({ codename, architecture });
  const text = lines.map((line) => `${line}\n`).join('');
  const log = await put(`chroot-${name}.log` as FileName, text).catch(() => undefined);
  if (log === undefined) return;
  const event: ChrootLogKept = { type: 'ChrootLogKept', codename, architecture, log };
  await tell({ command: 'Report', event }, duty('prepare-chroots', name));
};

/** A template older than this is made anew, beside the one in use. Milliseconds. */
const longestAge = ({ configuration }: World, { codename }: ChrootConfigured): number =>
  (configuration.distributions.get(codename) ?? distributionDefaults).chrootDays * dayInMs;

const isDue = ({ prepared, failed, isOutdated }: Template, longest: number, now: number): boolean => {
  if (failed !== undefined && !hasPassed(pauseAfterFailure, Date.parse(failed.at), now)) return false;
  return prepared === undefined || isOutdated || hasPassed(longest + 1, Date.parse(prepared.preparedAt), now);
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

/** apt in a build believes an https source only by certificates that the chroot has. */
const withCertificates = (chroot: ChrootConfigured, { configuration }: World): ChrootConfigured => {
  const distribution = configuration.distributions.get(chroot.codename);
  const used = [distribution?.base, ...(distribution?.extras ?? []).map(({ source }) => source)];
  const isNeeded = used
    .flatMap((id) => (id === undefined ? [] : (configuration.sources.get(id)?.uris ?? [])))
    .some((uri) => uri.startsWith('https:'));
  return isNeeded ? { ...chroot, include: [...chroot.include, 'ca-certificates'] } : chroot;
};

const noBase = ({ codename }: ChrootConfigured): ChrootResult => ({
  outcome: 'failed',
  stage: 'configuration',
  fact: `no source is configured for ${codename}`,
});

const report = (purpose: Purpose, chroot: ChrootConfigured, result: ChrootResult, clock: Clock, tell: Tell) => {
  const { codename, architecture } = chroot;
  const because = duty(purpose.name, chrootName(chroot));
  if (result.outcome === 'failed') {
    const { stage, fact } = result;
    return tell({ command: 'Report', event: { type: purpose.failed, codename, architecture, stage, fact } }, because);
  }
  const { generation, seconds } = result;
  const preparedAt = instant(clock.now());
  return tell(
    { command: 'Report', event: { type: purpose.prepared, codename, architecture, generation, preparedAt, seconds } },
    because,
  );
};
