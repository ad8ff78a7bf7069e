import type { Archive } from '../ports/archive.ts';
import type { Works } from './works.ts';

/** An archive whose long works can be watched. */
export const watchedArchive = (archive: Archive, { during }: Works): Archive => ({
  ...archive,
  publish: (publication, progress) =>
    during('publication', publication.repository, (say) =>
      archive.publish(publication, (line) => {
        say(line);
        progress(line);
      }),
    ),
  remove: (repository) =>
    during('removal', repository, (say) => {
      say('removing what apt saw of it');
      return archive.remove(repository);
    }),
  snapshots: {
    ...archive.snapshots,
    make: (name, distribution, date, signers) =>
      during('snapshot', `${distribution.name} as of ${date}`, (say) => {
        say(`making the indices of ${distribution.holds.length} source packages`);
        return archive.snapshots.make(name, distribution, date, signers);
      }),
  },
});
