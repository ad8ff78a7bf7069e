import { chrootName } from '../../domain/configuration/configuration.ts';
import type { People } from '../../ports/people.ts';
import type { World } from '../../projections/world.ts';
import { loginsOf } from '../accounts/logins-of.ts';

/** What the instance knows and a form may name, by field; `name` is what a new object of the section could be called. */
export const knownWords = async (
  section: string,
  { configuration, accounts }: World,
  people: Pick<People, 'byAccount'>,
): Promise<Readonly<Record<string, readonly string[]>>> => {
  const { sources, layouts, distributions, repositories, chroots, retention } = configuration;
  switch (section) {
    case 'instance':
      return { notify: await loginsOf([...accounts.keys()], people) };
    case 'distributions':
      return { base: [...sources.keys()], 'extras.source': [...sources.keys()] };
    case 'repositories':
      return {
        layout: [...layouts.keys()],
        codenames: [...distributions.keys()],
        notify: await loginsOf([...accounts.keys()], people),
      };
    case 'retention':
      return { name: [...repositories.keys()].filter((each) => !retention.has(each)) };
    case 'chroots':
      return {
        name: [...distributions.values()]
          .flatMap(({ codename, architectures }) =>
            architectures.map(({ architecture }) => chrootName({ codename, architecture })),
          )
          .filter((each) => !chroots.has(each)),
      };
    default:
      return {};
  }
};
