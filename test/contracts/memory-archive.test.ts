import { memoryArchive } from '../support/memory-archive.ts';
import { archiveContract } from './archive.ts';

archiveContract('in memory', () => {
  const archive = memoryArchive();
  return {
    archive,
    pool: async (repository) => archive.pool(repository),
    contents: async (repository, name) =>
      archive
        .holds(repository, name)
        ?.flatMap(({ source, version, binaries }) => [
          `source ${source} ${version}`,
          ...binaries.map((binary) => `${binary.package} ${binary.version} ${binary.architecture}`),
        ])
        .sort(),
  };
});
