import type { Instant } from '../../domain/codec.ts';
import { type Configuration, chrootName } from '../../domain/configuration/configuration.ts';
import type { DistributionConfigured, SourceId } from '../../domain/configuration/events.ts';
import type { Codename, RepositoryId } from '../../domain/debian/names.ts';
import { hasCaughtUp } from '../../projections/publications.ts';
import { type Template, templateFor } from '../../projections/templates.ts';
import type { World } from '../../projections/world.ts';
import { dependentsOf } from './dependents.ts';

/** How an object does: a word, how well that is, and why it is so. */
export type Standing = {
  readonly state: string;
  readonly look: 'good' | 'bad' | 'busy' | 'warn' | 'idle';
  readonly reason: string;
  readonly since?: Instant | undefined;
};

export const standingOf = (section: string, name: string, world: World): Standing => {
  switch (section) {
    case 'instance':
      return instance(world);
    case 'sources':
      return source(name as SourceId, world);
    case 'layouts':
      return layout(name, world.configuration);
    case 'distributions':
      return distribution(name as Codename, world);
    case 'repositories':
      return repository(name as RepositoryId, world);
    case 'chroots':
      return chroot(name, world);
    default:
      return retention(name as RepositoryId, world);
  }
};

const instance = ({ engine, stoppedBecause }: World): Standing =>
  engine === 'started'
    ? { state: 'running', look: 'good', reason: 'the engine takes uploads' }
    : {
        state: 'stopped',
        look: 'warn',
        reason: `the engine is stopped${stoppedBecause === '' ? '' : `: ${stoppedBecause}`}`,
      };

const source = (id: SourceId, { sources }: World): Standing => {
  const state = sources.get(id);
  if (state === undefined) return notThere;
  const { checked, failed } = state;
  const reasons = (failed ?? checked)?.unusable.map(({ uri, because }) => `${uri}: ${because.fact}`).join('; ') ?? '';
  if (failed !== undefined) return { state: 'unusable', look: 'bad', reason: reasons, since: failed.since };
  if (checked === undefined) return { state: 'being checked', look: 'busy', reason: 'its archives are looked at' };
  return reasons === ''
    ? { state: 'usable', look: 'good', reason: `drawn from ${checked.uri}` }
    : { state: 'usable', look: 'warn', reason: `drawn from ${checked.uri}; ${reasons}` };
};

const layout = (name: string, configuration: Configuration): Standing => {
  const users = dependentsOf('layouts', name, configuration).map((each) => each.name);
  return users.length === 0
    ? { state: 'unused', look: 'idle', reason: 'no repository has it' }
    : { state: 'in use', look: 'good', reason: `by ${users.join(', ')}` };
};

/** Of a distribution something can be built when its base can be drawn from and its mandatory architectures have chroots. */
const distribution = (codename: Codename, world: World): Standing => {
  const configured = world.configuration.distributions.get(codename);
  if (configured === undefined) return notThere;
  const bad = [configured.base, ...configured.extras.map(({ source: extra }) => extra)].filter(
    (id) => source(id, world).look === 'bad',
  );
  const missing = chrootsOf(configured, world);
  const broken = [...bad.map((id) => `source ${id} cannot be drawn from`), ...missing.broken];
  if (broken.length > 0) return { state: 'in trouble', look: 'bad', reason: broken.join('; ') };
  return missing.awaited.length > 0
    ? { state: 'waiting', look: 'busy', reason: missing.awaited.join('; ') }
    : { state: 'ready', look: 'good', reason: 'its sources can be drawn from, and its chroots are ready' };
};

const chrootsOf = ({ codename, architectures }: DistributionConfigured, world: World) => {
  const broken: string[] = [];
  const awaited: string[] = [];
  for (const { architecture, optional } of architectures) {
    const template = templateFor(world.templates, { codename, architecture });
    const name = chrootName({ codename, architecture });
    if (template.chroot === undefined && !optional) broken.push(`there is no chroot ${name}`);
    else if (template.chroot !== undefined && template.prepared === undefined)
      (template.failed === undefined ? awaited : broken).push(`chroot ${name} is ${wordFor(template)}`);
  }
  return { broken, awaited };
};

const repository = (id: RepositoryId, { publications }: World): Standing => {
  const publication = publications.get(id);
  if (publication?.failure !== undefined) {
    const { fact, at } = publication.failure;
    return { state: 'not published', look: 'bad', reason: fact, since: at };
  }
  if (publication?.published === undefined)
    return { state: 'being published', look: 'busy', reason: 'apt sees nothing of it yet' };
  return hasCaughtUp(publication)
    ? { state: 'published', look: 'good', reason: 'apt sees what it holds', since: publication.publishedAt }
    : {
        state: 'being published',
        look: 'busy',
        reason: 'apt sees what it held before',
        since: publication.publishedAt,
      };
};

const chroot = (name: string, { templates }: World): Standing => {
  const template = templates.get(name);
  if (template === undefined) return notThere;
  const { prepared, failed, isOutdated } = template;
  const state = wordFor(template);
  const failure = failed && `${failed.stage}: ${failed.fact}`;
  if (template.chroot === undefined) return { state, look: 'busy', reason: 'its template is taken away' };
  if (prepared === undefined) {
    return failure === undefined
      ? { state, look: 'busy', reason: 'its template is made' }
      : { state, look: 'bad', reason: `${failure}; tried again every minute`, since: failed?.at };
  }
  const since = prepared.preparedAt;
  if (failure !== undefined)
    return { state, look: 'warn', reason: `builds go on with it, and it could not be made anew: ${failure}`, since };
  return isOutdated
    ? { state, look: 'busy', reason: 'builds go on with it while it is made anew', since }
    : { state, look: 'good', reason: `made in ${Math.round(prepared.seconds)} s`, since };
};

const wordFor = ({ chroot: configured, prepared, failed }: Template): string => {
  if (configured === undefined) return 'being removed';
  if (prepared !== undefined) return 'ready';
  return failed === undefined ? 'being prepared' : 'failed';
};

const retention = (id: RepositoryId, { configuration }: World): Standing => {
  const policy = configuration.retention.get(id);
  if (policy === undefined) return { state: 'keeps everything', look: 'idle', reason: 'nothing else was said' };
  const kept = [
    ...(policy.versions === null ? [] : [`the last ${policy.versions} old versions of each package`]),
    ...(policy.days === null ? [] : [`what left less than ${policy.days} days ago`]),
  ];
  return { state: 'bounded', look: 'good', reason: `keeps ${kept.join(' and ')}` };
};

const notThere: Standing = { state: 'not there', look: 'idle', reason: 'nothing of that name is configured' };
