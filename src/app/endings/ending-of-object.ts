import { parseDistribution } from '../../domain/debian/distribution.ts';
import type { RepositoryId } from '../../domain/debian/names.ts';
import type { Ending } from '../../ports/api.ts';
import type { BuildStory } from '../../projections/build-queue.ts';
import { running } from '../../projections/build-queue.ts';
import { sourcesIn } from '../../projections/contents.ts';
import { acceptedUploads } from '../../projections/uploads.ts';
import { held } from '../../projections/waiting-reason.ts';
import type { World } from '../../projections/world.ts';
import { dependentsOf } from '../administration/dependents.ts';
import { buildInWords } from './ending-of-builds.ts';
import { counted, ifAny, some } from './words.ts';

/** What removing a declared object puts an end to, beside other objects that build upon it. */
export const endingOfObject = (section: string, name: string, world: World): Ending => {
  switch (section) {
    case 'sources':
      return {
        goes: [`The source ${name}: nothing is drawn from it any more.`],
        depends: [],
        stays: ['Packages that were built with it stay as they are.'],
      };
    case 'layouts':
      return {
        goes: [`The layout ${name}: no repository can have it any more.`],
        depends: [],
        stays: ['What was installed into its suites stays on record.'],
      };
    case 'distributions':
      return ofDistribution(name, world);
    case 'repositories':
      return ofRepository(name as RepositoryId, world);
    case 'chroots':
      return ofChroot(name, world);
    default:
      return {
        goes: [`The bounds of what ${name} keeps: it keeps every file from now on.`],
        depends: [],
        stays: ['What was let go does not come back. What is kept is kept.'],
      };
  }
};

/** The same, with those objects in words. */
export const endingWithDependents = (section: string, name: string, world: World): Ending => {
  const { goes, depends, stays } = endingOfObject(section, name, world);
  const dependents = dependentsOf(section, name, world.configuration).map(
    (each) => `${each.name} (${each.section}) ${each.because}.`,
  );
  return { goes, depends: [...some(dependents), ...depends], stays };
};

const ofDistribution = (codename: string, world: World): Ending => ({
  goes: [`The distribution ${codename}: nothing is built for it any more, and repositories cannot have it.`],
  depends: waitingFor(world, ({ requested }) => requested.codename === codename),
  stays: ['What was built for it stays on record. Sources that it draws from stay.'],
});

const ofRepository = (id: RepositoryId, world: World): Ending => {
  const { contents, configuration, accounts, uploads } = world;
  const packages = sourcesIn(contents, id);
  const uploaders = [...accounts.values()].filter(({ uploadsTo }) => uploadsTo.has(id)).length;
  const underWay = acceptedUploads(uploads).filter(({ accepted }) => accepted.repository === id);
  return {
    goes: [
      `Its address below /repositories/ answers no more: apt sees none of the ${counted(packages, 'source package')} that it holds.`,
      ...ifAny(configuration.repositories.size === 1 ? 1 : 0, 'It is the only repository: nothing can be uploaded.'),
    ],
    depends: [
      ...ifAny(uploaders, `${counted(uploaders, 'uploader')} may upload to it, and would again.`),
      ...some(
        underWay.map(({ accepted: { source, version } }) => `The upload of ${source} ${version} is under way to it.`),
      ),
      ...waitingFor(world, ({ requested }) => parseDistribution(requested.distribution).repository === id),
    ],
    stays: [
      `What it held stays on record with its files, and no version can be uploaded again.`,
      'Configured again under the same name, it holds what it held.',
    ],
  };
};

const ofChroot = (name: string, world: World): Ending => {
  const isFor = ({ requested: { codename, architecture } }: BuildStory): boolean =>
    `${codename}-${architecture}` === name;
  return {
    goes: [`The chroot ${name}: its template is taken from the disk when no build uses it any more.`],
    depends: [
      ...some(
        running(world.builds, undefined)
          .filter(isFor)
          .map((build) => `${buildInWords(build)} is being built, and goes on to its end.`),
      ),
      ...waitingFor(world, isFor),
    ],
    stays: ['What was built in it stays. Builds that come wait until there is one again.'],
  };
};

const waitingFor = (world: World, isMeant: (build: BuildStory) => boolean): readonly string[] =>
  some(
    held(world)
      .filter(isMeant)
      .map((build) => `${buildInWords(build)} waits for it, and would go on waiting until it is there again.`),
  );
