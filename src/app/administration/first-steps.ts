import { newestKey } from '../../domain/archive-key/archive-keys.ts';
import { chrootName } from '../../domain/configuration/configuration.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import { approvedUploaders } from '../../projections/accounts.ts';
import type { World } from '../../projections/world.ts';
import { dputConfiguration, uploadTarget } from '../commands/snippets.ts';
import { repositoryPage } from '../pages/repository-page.ts';
import type { Preparations } from '../preparations.ts';
import { type Standing, standingOf } from './standing.ts';

/** How a repository comes to be: what there is by now, what is on its way, and how it is used when it is there. `undefined` for none. */
export const firstSteps = (world: World, preparing: Preparations, id: RepositoryId) => {
  const { configuration } = world;
  const repository = configuration.repositories.get(id);
  if (repository === undefined) return undefined;
  const distributions = repository.codenames.flatMap((codename) => configuration.distributions.get(codename) ?? []);
  const sources = [
    ...new Set(distributions.flatMap(({ base, extras }) => [base, ...extras.map(({ source }) => source)])),
  ].map((name) => ({ name: name as string, standing: standingOf('sources', name, world) }));
  const chroots = [...configuration.chroots.values()]
    .filter(({ codename }) => repository.codenames.includes(codename))
    .map((chroot) => chrootLine(chrootName(chroot), world, preparing));
  const standing = standingOf('repositories', id, world);
  const page = repositoryPage(world)({ repository: id, codename: undefined, name: '', sort: 'name', page: 1 });
  return {
    repository: id as string,
    fingerprint: newestKey(configuration.archiveKeys)?.fingerprint as string | undefined,
    sources,
    chroots,
    standing,
    isReady: [standing, ...sources.map(standingIn), ...chroots.map(standingIn)].every(({ look }) => look === 'good'),
    dput: dputConfiguration(configuration),
    target: uploadTarget(configuration).target,
    uploadTo: page?.suites.find(({ uploadable, experimental }) => uploadable && !experimental)?.distribution,
    suites: page?.suites ?? [],
    allowsUnauthenticated: repository.allowUnauthenticated,
    keyrings: repository.uploaderKeyrings,
    uploaders: approvedUploaders(world.accounts, id).length,
  };
};

const standingIn = ({ standing }: { readonly standing: Standing }): Standing => standing;

/** So much of what is printed tells how far it is. */
const shownLines = 12;

const chrootLine = (name: string, world: World, preparing: Preparations) => ({
  name,
  standing: standingOf('chroots', name, world),
  lines: preparing.lines(name)?.slice(-shownLines),
});
