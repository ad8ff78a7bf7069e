import { left, right } from 'fp-ts/lib/Either.js';
import { newestKey, signingKeys } from '../../domain/archive-key/archive-keys.ts';
import { clientSource, extraSources, keyFile, publishedKeys } from '../../domain/configuration/apt-sources.ts';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import { instanceAddress, instanceUrl } from '../../domain/configuration/instance-address.ts';
import { hostAndPort, shortAddress } from '../../domain/configuration/web-address.ts';
import { refusal } from '../../domain/refusal.ts';
import type { World } from '../../projections/world.ts';
import { choice, codename, flag, namePattern } from './arguments.ts';
import { type Command, command } from './command.ts';
import { soughtTargets } from './sought-targets.ts';

/** `getkey`: what apt must trust. */
export const getkey = (world: World): Command =>
  command({
    name: 'getkey',
    summary: 'Prints the public keys that everything published here is signed with',
    arguments: {},
    privilege: 'none',
    run: () => {
      const { archiveKeys } = world.configuration;
      const newest = newestKey(archiveKeys);
      if (newest === undefined) {
        return left(refusal('no-key', 'the archive key does not exist yet', 'run: mini-buildd setup'));
      }
      const publicKey = publishedKeys(world.configuration);
      const keys = signingKeys(archiveKeys).map((key) => ({ fingerprint: key.fingerprint, publicKey: key.publicKey }));
      return right({ json: { fingerprint: newest.fingerprint, publicKey, keys }, plain: publicKey });
    },
  });

/** `getdputconf`: how to upload here. */
export const getdputconf = (world: World): Command =>
  command({
    name: 'getdputconf',
    summary: 'Prints the configuration that dput or dput-ng needs to upload here',
    arguments: {
      form: choice(['dput', 'dput-ng'], 'For dput (~/.dput.cf) or dput-ng (~/.dput.d/profiles/NAME.json)', 'f'),
      method: choice(
        ['ftp', 'http'],
        'How files are sent; http also goes through a proxy, and is https where the instance is',
        'm',
      ),
    },
    privilege: 'none',
    run: ({ form, method }) => {
      const target = method === 'http' ? httpTarget(world.configuration) : uploadTarget(world.configuration);
      return right({ json: target, plain: form === 'dput' ? dputSection(target) : dputNgProfile(target) });
    },
  });

export const uploadTarget = (configuration: Configuration) => {
  const { hostname, url, ftpPort } = instanceAddress(configuration);
  return {
    target: `mini-buildd-${configuration.instance?.instance ?? ''}`,
    method: 'ftp',
    fqdn: `${hostname}:${ftpPort}`,
    login: 'anonymous',
    incoming: '/incoming',
    http: shortAddress(url),
  };
};

type UploadTarget = ReturnType<typeof uploadTarget>;

/**
 * Nobody is asked who they are: the signature decides, by whichever way an upload comes. For dput and dput-ng the method is the scheme,
 * and `fqdn` holds none (dput/methods/https.py of dput, dput/uploaders/http.py of dput-ng).
 */
const httpTarget = (configuration: Configuration): UploadTarget => {
  const url = instanceUrl(configuration);
  const method = url.startsWith('https:') ? 'https' : 'http';
  return { ...uploadTarget(configuration), method, fqdn: hostAndPort(url), incoming: '/mini_buildd/upload' };
};

/** The stanza for `~/.dput.cf`. */
export const dputConfiguration = (configuration: Configuration): string => dputSection(uploadTarget(configuration));

const dputSection = ({ target, method, fqdn, login, incoming, http }: UploadTarget): string =>
  [
    `[${target}]`,
    `method   = ${method}`,
    `fqdn     = ${fqdn}`,
    `login    = ${login}`,
    `incoming = ${incoming}`,
    // Kilobytes as they are sent, where a terminal shows them (dput.cf(5)).
    'progress_indicator = 2',
    '# dput ignores the rest: mini-buildd-tool completes host names from it',
    `x_mini_buildd_host = ${http}`,
    'x_mini_buildd_users =',
    '',
  ].join('\n');

const dputNgProfile = ({ method, fqdn, login, incoming }: UploadTarget): string =>
  `${JSON.stringify({ method, fqdn, login, incoming, allow_dcut: false, allow_unsigned_uploads: true }, null, 2)}\n`;

/** `getsourceslist`: how to use what is published here. */
export const getsourceslist = (world: World): Command =>
  command({
    name: 'getsourceslist',
    summary: 'Prints apt sources for the distributions of a codename',
    arguments: {
      codename: codename('Base distribution, such as bookworm'),
      repository: namePattern('Only repositories whose identity matches', 'R'),
      suite: namePattern('Only suites whose name matches', 'S'),
      form: choice(['one-line', 'deb822'], 'sources.list lines or .sources stanzas', 'f'),
      'with-deb-src': flag('Source packages too', 's'),
      'with-rollbacks': flag('Rollback distributions too', 'r'),
      'with-extra-sources': flag('Also the foreign sources that builds draw from', 'x'),
    },
    privilege: 'none',
    run: async (given) => {
      const targets = await soughtTargets(
        world.configuration,
        ({ repository: { repository }, distribution, suite }) =>
          distribution.codename === given.codename &&
          given.repository.test(repository) &&
          given.suite.test(suite.suite),
      );
      if (targets.length === 0) {
        return left(
          refusal(
            'no-distribution',
            `nothing here is for ${given.codename}`,
            'see status for repositories and codenames',
          ),
        );
      }
      const options = {
        url: instanceUrl(world.configuration),
        form: given.form,
        withSource: given['with-deb-src'],
        keyFile: keyFile(world.configuration),
      };
      const extras = given['with-extra-sources']
        ? new Set(targets.flatMap(({ distribution }) => extraSources(world.configuration, distribution, options)))
        : [];
      const own = targets.flatMap((target) => [
        clientSource(target, options),
        ...(given['with-rollbacks']
          ? Array.from({ length: target.suite.rollbacks }, (_, rollback) =>
              clientSource(target, { ...options, rollback }),
            )
          : []),
      ]);
      const sources = [...extras, ...own];
      return right({
        json: { keyFile: options.keyFile, sources },
        plain: sources.join(given.form === 'deb822' ? '\n' : ''),
      });
    },
  });
