import { repreproArchive } from '../../src/adapters/reprepro/reprepro-archive.ts';
import { publishedContents } from '../adapters/reprepro/published.ts';
import { unsigned } from '../adapters/reprepro/workshop.ts';
import { archiveContract } from '../contracts/archive.ts';

archiveContract('kept by reprepro', (home, files) => {
  const archive = repreproArchive({ home, files, keyring: unsigned });
  return { archive, contents: (repository, name) => publishedContents(archive.root(repository), name) };
});
