import type { Host } from '../../src/domain/configuration/first-run.ts';
import type { HostMachine } from '../../src/ports/host.ts';
import { amd64, main } from './fixed-examples.ts';

const suite = (name: string, path: string) => ({
  origin: 'Debian',
  suite: name,
  version: '12.4',
  uris: [`http://deb.debian.example.org/${path}/`],
  components: [main],
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
});

/** A machine that runs bookworm. */
export const bookwormHost: Host = {
  codename: 'bookworm' as never,
  architecture: amd64,
  suites: [
    suite('bookworm', 'debian'),
    suite('bookworm-updates', 'debian'),
    suite('bookworm-security', 'debian-security'),
  ],
};

export const fakeHost = (host: Host = bookwormHost): HostMachine => ({ read: async () => host });
