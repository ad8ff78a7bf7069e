import { isLeft } from 'fp-ts/lib/Either.js';
import { teller } from '../../src/app/tell.ts';
import type { DaemonCommand } from '../../src/domain/command.ts';
import type { RemoteId } from '../../src/domain/configuration/events.ts';
import type { Fingerprint } from '../../src/domain/debian/names.ts';
import type { StreamName } from '../../src/domain/ids.ts';
import { streamOf } from '../../src/domain/stream.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { Because } from '../../src/ports/tell.ts';
import {
  acmeConfigured,
  armoredKey,
  chrootConfigured,
  chrootPrepared,
  commandFor,
  configured,
  stored,
  trixieConfigured,
} from '../../test/support/fixed-examples.ts';
import { enveloped } from '../bench/stories.ts';
import { historyOf } from './packages.ts';
import { type Machine, optional, paces, repositories, type Scenario } from './scenario.ts';

export const administrator: Because = {
  actor: { kind: 'administrator', name: 'simulation' },
  causedBy: undefined,
  correlation: 'simulation',
};

/** Writes what an instance knows before the simulation begins: how it is set up, who builds for it, and what was built before. */
export const setUp = async (log: EventLog, clock: Clock, { machines, works }: Scenario): Promise<void> => {
  const tell = teller(log, async () => undefined, clock.now);
  for (const command of [...configuration(), ...machines.slice(1).flatMap(remote)]) {
    const told = await tell(command, administrator);
    if (isLeft(told)) throw new Error(`${command.command}: ${told.left.fact}`);
  }
  const revisions = new Map<StreamName, number>();
  for (const event of works.flatMap(historyOf)) {
    const stream = streamOf(event);
    const revision = revisions.get(stream);
    await log.append(stream, revision ?? 'none', [enveloped(event, 'history', undefined, clock.now())]);
    revisions.set(stream, (revision ?? -1) + 1);
  }
  for (const architecture of machines[0]?.architectures ?? []) {
    await tell({ command: 'Report', event: chrootPrepared(architecture) }, administrator);
  }
};

const configuration = (): readonly DaemonCommand[] => [
  ...configured.filter(({ type }) => !replaced.has(type)).map(commandFor),
  configure({
    ...trixieConfigured,
    architectures: [...paces.keys()].map((architecture, n) => ({
      architecture,
      optional: optional.has(architecture),
      buildsArchAll: n === 0,
    })),
  }),
  ...repositories.map((repository) => configure({ ...acmeConfigured, repository })),
  ...[...paces.keys()].map((architecture) => configure(chrootConfigured(architecture))),
  configure({ type: 'EngineStarted' }),
];

const replaced = new Set(['DistributionConfigured', 'RepositoryConfigured', 'ChrootConfigured']);

const configure = (event: Extract<DaemonCommand, { command: 'Configure' }>['event']): DaemonCommand => ({
  command: 'Configure',
  event,
});

const remote = ({ name }: Machine, n: number): readonly DaemonCommand[] => {
  const id = name as RemoteId;
  const fingerprint = (n + 1).toString(16).toUpperCase().padStart(40, '0') as Fingerprint;
  const key = stored(`${name}.asc`, armoredKey(fingerprint));
  return [
    configure({ type: 'RemoteConfigured', remote: id, url: `http://${name}/`, fingerprint, key }),
    { command: 'ActivateRemote', activated: { type: 'RemoteActivated', remote: id, repositories: [], tags: [] } },
  ];
};
