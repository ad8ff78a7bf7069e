import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import { parseDistribution } from '../domain/debian/distribution.ts';
import type { Architecture, Codename } from '../domain/debian/names.ts';
import type { PortFailed, PortRequested, PortUploaded } from '../domain/port/events.ts';
import { reasonOf } from '../domain/reason.ts';
import { type Refusal, refusal } from '../domain/refusal.ts';
import type { UploadReceived } from '../domain/upload/events.ts';
import type { Clock } from '../ports/clock.ts';
import { duty, type Tell } from '../ports/tell.ts';
import { type PortStory, unmadePorts } from '../projections/ports.ts';
import type { Template } from '../projections/templates.ts';
import { storyOf } from '../projections/uploads.ts';
import type { World } from '../projections/world.ts';
import { type Fault, onceEach } from './once-each.ts';

/** Where a source package is unpacked and packed: any template will do, that of the target's codename is the first choice. */
type Workplace = { readonly codename: Codename; readonly architecture: Architecture };

/** Makes the signed upload of a port, whole in the file store. Rejects when that cannot be done this time. */
type MakePort = (requested: PortRequested, workplace: Workplace) => Promise<Either<Refusal, UploadReceived>>;

type Owed = { readonly story: PortStory; readonly workplace: Workplace };

/** How long it is tried while nothing is wrong with the package itself (an address cannot be reached), in milliseconds. */
const patience = 3_600_000;

/**
 * Makes an upload of every port that was requested. The upload has the id that the request gave it: whoever is killed before saying that it is
 * uploaded finds it received.
 */
export const makePorts = (
  world$: Observable<World>,
  clock: Clock,
  world: World,
  make: MakePort,
  tell: Tell,
): Observable<Fault> =>
  onceEach(world$, clock, {
    name: 'make-ports',
    owed,
    key: ({ story }) => story.id,
    work: async (item) => {
      const { id, requested, because, correlation } = item.story;
      const why = duty('make-ports', correlation, because);
      const report = (event: PortUploaded | PortFailed) => tell({ command: 'ReportPort', event }, why);
      if (storyOf(world.uploads, requested.upload) === undefined) {
        const made = await makeInTime(item, make, clock);
        if (isLeft(made)) return report({ type: 'PortFailed', port: id, ...made.left });
        await tell({ command: 'ReceiveUpload', received: made.right }, why);
      }
      return report({ type: 'PortUploaded', port: id, upload: requested.upload });
    },
  });

const makeInTime = async (
  { story: { requested, changedAt }, workplace }: Owed,
  make: MakePort,
  clock: Clock,
): Promise<Either<Refusal, UploadReceived>> => {
  try {
    return await make(requested, workplace);
  } catch (error) {
    if (clock.now() - Date.parse(changedAt) < patience) throw error;
    const fact = `it was tried for an hour: ${reasonOf(error)}`;
    return left(refusal('port-not-made', fact.slice(0, 1000), 'correct what is said, and ask for the port again'));
  }
};

const owed = ({ ports, templates }: World): readonly Owed[] =>
  unmadePorts(ports).flatMap((story) => {
    const workplace = workplaceFor(parseDistribution(story.requested.to).codename, [...templates.values()]);
    return workplace === undefined ? [] : [{ story, workplace }];
  });

const workplaceFor = (codename: Codename, templates: readonly Template[]): Workplace | undefined => {
  const ready = templates.flatMap(({ prepared }) => prepared ?? []);
  return ready.find((each) => each.codename === codename) ?? ready[0];
};
