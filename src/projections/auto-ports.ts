import { isRight } from 'fp-ts/lib/Either.js';
import type { PackageInstalled } from '../domain/archive/events.ts';
import { type Configuration, resolveDistribution } from '../domain/configuration/configuration.ts';
import type { DistributionName } from '../domain/debian/distribution.ts';
import { type EventId, type PortId, portId, type UploadId } from '../domain/ids.ts';
import type { UploadReceived } from '../domain/upload/events.ts';
import type { Recorded } from './recorded.ts';

/** A port that an upload asked for by its option `auto-ports`, and that nobody has requested yet. */
export type AutoPort = {
  readonly port: PortId;
  readonly to: DistributionName;
  readonly installed: Pick<PackageInstalled, 'upload' | 'repository' | 'source' | 'version' | 'distribution'>;
  /** How many ports in a row led to it, itself included. */
  readonly generation: number;
  readonly because: EventId;
};

/** Folded in place: ask, do not keep. */
export type AutoPorts = {
  /** What uploads ask for that are not installed, as far as they ask for anything. */
  readonly wishes: Map<UploadId, { readonly to: readonly DistributionName[]; readonly generation: number }>;
  /** Uploads that ports are to become, with how many ports in a row led to them. */
  readonly generations: Map<UploadId, number>;
  readonly owed: Map<PortId, AutoPort>;
};

export const noAutoPorts = (): AutoPorts => ({ wishes: new Map(), generations: new Map(), owed: new Map() });

export const foldAutoPorts = (autoPorts: AutoPorts, { event, id }: Recorded, configuration: Configuration): void => {
  switch (event.type) {
    case 'UploadReceived':
      wish(autoPorts, event, configuration);
      break;
    case 'UploadRejected':
      autoPorts.wishes.delete(event.upload);
      break;
    case 'PackageInstalled':
      owe(autoPorts, event, id);
      break;
    case 'PortRequested':
      if (event.options.some((option) => option.startsWith('auto-ports'))) {
        autoPorts.generations.set(event.upload, event.generation);
      }
      autoPorts.owed.delete(event.port);
      break;
    case 'PortFailed':
      autoPorts.owed.delete(event.port);
      break;
  }
};

const wish = ({ wishes, generations }: AutoPorts, received: UploadReceived, configuration: Configuration): void => {
  const to = autoPortsOf(received).flatMap((written) => {
    const target = resolveDistribution(configuration, written);
    return isRight(target) ? [target.right.name] : [];
  });
  if (to.length > 0) wishes.set(received.upload, { to, generation: 1 + (generations.get(received.upload) ?? 0) });
  generations.delete(received.upload);
};

/** Distributions as the option names them. */
export const autoPortsOf = ({ facts }: UploadReceived): readonly string[] =>
  (facts?.options ?? []).filter(({ key }) => key === 'auto-ports').flatMap(({ value }) => value.split(','));

const owe = ({ wishes, owed }: AutoPorts, installed: PackageInstalled, because: EventId): void => {
  const wished = wishes.get(installed.upload);
  wishes.delete(installed.upload);
  for (const to of wished?.to ?? []) {
    const port = portId(installed.upload, to);
    const { upload, repository, source, version, distribution } = installed;
    const about = { upload, repository, source, version, distribution };
    owed.set(port, { port, to, installed: about, generation: wished?.generation ?? 1, because });
  }
};

/** Whether it is not said yet what becomes of ports that the upload asked for. */
export const awaitsPorts = ({ owed }: AutoPorts, upload: UploadId | undefined): boolean =>
  upload !== undefined && [...owed.values()].some(({ installed }) => installed.upload === upload);

export const owedAutoPorts = ({ owed }: AutoPorts): readonly AutoPort[] => [...owed.values()];
