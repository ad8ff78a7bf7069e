import type { Configuration } from '../../domain/configuration/configuration.ts';
import type { SourceName } from '../../domain/debian/names.ts';
import { archiveMaintainer } from '../../domain/port/changelog-entry.ts';
import { type SourceTree, usualFiles } from './source-tree.ts';

export const testPackages = ['mbd-test-archall', 'mbd-test-cpp', 'mbd-test-ftbfs'] as const;
export type TestPackage = (typeof testPackages)[number];

/** Source packages that show whether an instance does what it should: two are installed, the third never builds. */
export const testTree = (name: TestPackage, configuration: Configuration): SourceTree => {
  const about = abouts[name];
  return {
    source: name as SourceName,
    files: { ...usualFiles(controlOf(name, about, archiveMaintainer(configuration.instance))), ...about.files },
  };
};

type About = {
  readonly architecture: 'all' | 'any';
  readonly buildDepends: string;
  readonly does: string;
  readonly files: SourceTree['files'];
};

const controlOf = (name: string, { architecture, buildDepends, does }: About, maintainer: string): string =>
  [
    `Source: ${name}`,
    'Section: misc',
    'Priority: optional',
    `Maintainer: ${maintainer}`,
    'Uploaders: Tëst Üploader <test@localhost>',
    `Build-Depends: debhelper-compat (= 13)${buildDepends}`,
    'Standards-Version: 4.6.2',
    'Rules-Requires-Root: no',
    '',
    `Package: ${name}`,
    `Architecture: ${architecture}`,
    `Depends: \${misc:Depends}, \${shlibs:Depends}`,
    `Description: test package of mini-buildd that ${does}`,
    ' It is of no use on a machine.',
    '',
  ].join('\n');

/** A program that needs a library with security updates, and says in the log what its surroundings are like. */
const program = `#include <sys/mman.h>
#include <fcntl.h>
#include <unistd.h>
#include <iostream>
#include <openssl/crypto.h>

int main()
{
  const int memory = shm_open("/mbd-test-cpp", O_CREAT | O_RDWR, 0600);
  if (memory < 0) { std::cerr << "/dev/shm does not work\\n"; return 1; }
  close(memory);
  shm_unlink("/mbd-test-cpp");
  std::cout << OpenSSL_version(OPENSSL_VERSION) << "\\n";
  std::cout << "UTF-8: \\xc3\\xa4\\xc3\\xb6\\xc3\\xbc, Latin-1: \\xe4\\xf6\\xfc\\n";
  return 0;
}
`;

const makefile = `mbd-test-cpp: mbd-test-cpp.cpp
	$(CXX) $(CPPFLAGS) $(CXXFLAGS) $(LDFLAGS) -o $@ $< -lcrypto -lrt

check: mbd-test-cpp
	./mbd-test-cpp

install: mbd-test-cpp
	install -D -m 0755 mbd-test-cpp $(DESTDIR)/usr/bin/mbd-test-cpp

clean:
	rm -f mbd-test-cpp
`;

const abouts: Readonly<Record<TestPackage, About>> = {
  'mbd-test-archall': {
    architecture: 'all',
    buildDepends: '',
    does: 'is built once for all architectures',
    files: {
      'mbd-test-archall.txt': 'Built once, where the distribution says.\n',
      'debian/install': 'mbd-test-archall.txt usr/share/mbd-test-archall\n',
    },
  },
  'mbd-test-cpp': {
    architecture: 'any',
    buildDepends: ', libssl-dev',
    does: 'is built on each architecture',
    files: { 'mbd-test-cpp.cpp': program, Makefile: makefile },
  },
  'mbd-test-ftbfs': {
    architecture: 'any',
    buildDepends: '',
    does: 'fails to build from source',
    files: { Makefile: 'all:\n\t@echo "this package never builds"\n\t@false\n' },
  },
};
