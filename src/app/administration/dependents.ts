import { type Configuration, chrootName } from '../../domain/configuration/configuration.ts';

/** What builds upon an object, and where it is looked at. */
export type Dependent = { readonly section: string; readonly name: string; readonly because: string };

/** Everything that refers to an object of the configuration. */
export const dependentsOf = (section: string, name: string, configuration: Configuration): readonly Dependent[] => {
  const { distributions, repositories, chroots, retention } = configuration;
  switch (section) {
    case 'instance':
      return [...repositories.keys()].map((repository) => ({
        section: 'repositories',
        name: repository,
        because: 'is published at its address and signed by its archive key',
      }));
    case 'sources':
      return [...distributions.values()].flatMap(({ codename, base, extras }) => {
        if (base === name) return [{ section: 'distributions', name: codename, because: 'is built upon it' }];
        return extras.some(({ source }) => source === name)
          ? [{ section: 'distributions', name: codename, because: 'draws from it besides its base' }]
          : [];
      });
    case 'layouts':
      return [...repositories.values()]
        .filter(({ layout }) => layout === name)
        .map(({ repository }) => ({ section: 'repositories', name: repository, because: 'has its suites' }));
    case 'distributions':
      return [
        ...[...repositories.values()]
          .filter(({ codenames }) => (codenames as readonly string[]).includes(name))
          .map(({ repository }) => ({ section: 'repositories', name: repository, because: 'is for it' })),
        ...[...chroots]
          .filter(([, { codename }]) => codename === name)
          .map(([chroot]) => ({ section: 'chroots', name: chroot, because: 'is made for it' })),
      ];
    case 'repositories':
      return [...retention.keys()]
        .filter((repository) => repository === name)
        .map((repository) => ({ section: 'retention', name: repository, because: 'says what files it keeps' }));
    case 'chroots':
      return [...distributions.values()].flatMap(({ codename, architectures }) =>
        architectures
          .filter(({ architecture }) => chrootName({ codename, architecture }) === name)
          .map(({ architecture, optional }) => ({
            section: 'distributions',
            name: codename,
            because: `is built in it for ${architecture}${optional ? ', where it can be' : ''}`,
          })),
      );
    default:
      return [];
  }
};
