import type { DaemonEvent } from '../../event.ts';
import type { Refusal } from '../../refusal.ts';
import { type Configuration, configure } from '../configuration.ts';
import type { ConfigurationEvent } from '../events.ts';
import { chrootFaults } from './chroot.ts';
import { distributionFaults } from './distribution.ts';
import { instanceFaults } from './instance.ts';
import { layoutFaults } from './layout.ts';
import { repositoryFaults } from './repository.ts';
import { sourceFaults } from './source.ts';
import { togetherFaults } from './together.ts';

/** What is wrong with one object by itself: decided on its stream, so that no door leads past it. */
export const faultsOf = (event: DaemonEvent): readonly Refusal[] => {
  switch (event.type) {
    case 'InstanceConfigured':
      return instanceFaults(event);
    case 'SourceConfigured':
      return sourceFaults(event);
    case 'DistributionConfigured':
      return distributionFaults(event);
    case 'LayoutConfigured':
      return layoutFaults(event);
    case 'RepositoryConfigured':
      return repositoryFaults(event);
    case 'ChrootConfigured':
      return chrootFaults(event);
    default:
      return [];
  }
};

/** What would be wrong after `events` that is not wrong now: an old fault elsewhere hinders nobody who mends something. */
export const newFaults = (present: Configuration, events: readonly ConfigurationEvent[]): readonly Refusal[] => {
  const known = new Set(togetherFaults(present).map(({ rule, fact }) => `${rule} ${fact}`));
  return [
    ...events.flatMap(faultsOf),
    ...togetherFaults(events.reduce(configure, present)).filter(({ rule, fact }) => !known.has(`${rule} ${fact}`)),
  ];
};
