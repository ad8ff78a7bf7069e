import { filter, map, type Observable, share } from 'rxjs';
import type { UploadId } from '../../domain/ids.ts';
import type { Recorded } from '../../projections/recorded.ts';
import { storyOf } from '../../projections/uploads.ts';
import type { World } from '../../projections/world.ts';

/** Changes of one source package, as its page shows them; what all of them may show touches each. */
export const touchesOf = (world: World, recorded$: Observable<Recorded>) => {
  const touched$ = recorded$.pipe(map(touchedBy(world)), share());
  return (source: string): Observable<unknown> => touched$.pipe(filter((which) => which === source || which === any));
};

const any = Symbol('any package');

/** An event of a build or a check names its upload by its correlation only. */
const touchedBy =
  ({ uploads }: World) =>
  ({ subject, correlation, event }: Recorded): string | typeof any | undefined => {
    if (subject.package !== undefined) return subject.package;
    if (event.type === 'RepositoryPublished' || event.type.endsWith('Configured')) return any;
    const story = storyOf(uploads, correlation as UploadId);
    return story?.accepted?.source ?? story?.received.facts?.source;
  };
