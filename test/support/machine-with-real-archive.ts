import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { openEmbeddedLog } from '../../src/adapters/embedded-log/embedded-log.ts';
import { fileStore } from '../../src/adapters/file-store/file-store.ts';
import { openpgpKeyring } from '../../src/adapters/openpgp/openpgp-keyring.ts';
import { releaseVerifier } from '../../src/adapters/openpgp/release-verifier.ts';
import { repreproArchive } from '../../src/adapters/reprepro/reprepro-archive.ts';
import type { FileName, Fingerprint } from '../../src/domain/debian/names.ts';
import type { DaemonEvent } from '../../src/domain/event.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import type { FileStore } from '../../src/ports/file-store.ts';
import type { Keyring } from '../../src/ports/keyring.ts';
import type { ReleaseVerifier } from '../../src/ports/upstream.ts';
import { type GnupgHome, gnupgHome } from '../adapters/openpgp/gnupg-home.ts';
import { callsUnderWay } from './calls-under-way.ts';
import { makeBinaryPackage } from './deb.ts';
import type { FakeBuilder } from './fake-builder.ts';
import { type Machine, machine } from './in-memory-daemon.ts';
import { removeFolder } from './remove-folder.ts';
import { type SourceUploadTraits, sourceUpload } from './source-upload.ts';

/** A machine whose log, file store, keys, reprepro and publisher are the real ones, below `home`; its clock and its builds are not. */
export type MachineWithRealArchive = {
  readonly on: Machine;
  readonly home: string;
  readonly gnupg: GnupgHome;
  readonly archiveKey: Awaited<ReturnType<Keyring['newArchiveKey']>>;
  /** A source package whose `.changes` the uploader signs at this moment of the clock. */
  readonly upload: (traits: SourceUploadTraits) => ReturnType<typeof sourceUpload>;
};

/** `configuration` as for a machine of fakes; `start` in milliseconds since 1970. */
export const machineWithRealArchive = async (
  test: Pick<TestContext, 'after'>,
  configuration: readonly DaemonEvent[],
  start: number,
): Promise<MachineWithRealArchive> => {
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-real-'));
  const gnupg = gnupgHome();
  const logs: EventLog[] = [];
  test.after(async () => {
    await logs.at(-1)?.close();
    gnupg.close();
    await removeFolder(home);
  });
  let now = (): number => start;
  const keyring = openpgpKeyring({ keysFolder: join(home, 'keys'), now: () => now() });
  const archiveKey = await keyring.newArchiveKey([]);
  const uploader = gnupg.makeKey('maintainer', 'rsa3072', fakedTime(start)) as Fingerprint;
  const ring = gnupg.exportRing([uploader]);
  const asConfigured = configuration.map((event): DaemonEvent => {
    if (event.type === 'ArchiveKeyGenerated') return { ...event, ...archiveKey };
    return event.type === 'RepositoryConfigured' ? { ...event, uploaderKeyrings: [ring] } : event;
  });
  const opened = async (clock: () => number): Promise<Machine['openLog']> => {
    now = clock;
    return async () => {
      await logs.at(-1)?.close();
      const log = await openEmbeddedLog(join(home, 'log'), { now: clock });
      logs.push(log);
      return log;
    };
  };
  const equip = (fake: Machine): Machine => {
    const files = fileStore(join(home, 'files'), undefined, fake.clock.now);
    const { isAtWork, watched } = callsUnderWay();
    const seals = watched(releaseVerifier({ now: fake.clock.now }));
    // Keys of sources are files: what those sign is not looked at here.
    const verifierOf = (keys: string): ReleaseVerifier => (keys.startsWith('/') ? fake.upstream : seals);
    const archive = repreproArchive({ home: join(home, 'repositories'), files, keyring });
    return {
      ...fake,
      files,
      isAtWork,
      keyring: watched(keyring),
      upstream: { ...fake.upstream, verifyRelease: (signed, keys) => verifierOf(keys).verifyRelease(signed, keys) },
      builder: { ...fake.builder, build: watched({ build: realPackages(join(home, 'bench'), files) }).build },
      chroots: {
        ...fake.chroots,
        prepare: (chroot, base, extras, print) => {
          print(`made for ${chroot.architecture} at ${new Date(fake.clock.now()).toISOString()}`);
          return fake.chroots.prepare(chroot, base, extras, print);
        },
      },
      archive: { ...fake.archive, ...watched(archive), root: archive.root },
    };
  };
  const on = await machine(test, asConfigured, start, opened, equip);
  return {
    on,
    home,
    gnupg,
    archiveKey,
    upload: (traits) => {
      const made = sourceUpload({ ...traits, signedBy: null });
      const bytes = gnupg.clearsign(uploader, made.changes.bytes, fakedTime(on.clock.now()));
      return { ...made, changes: { ...made.changes, bytes } };
    },
  };
};

/** What gpg and gpgv take for now. */
export const fakedTime = (now: number): readonly string[] => [
  '--faked-system-time',
  new Date(now).toISOString().replace(/[-:]|\.\d+Z$/g, ''),
];

const realPackages =
  (bench: string, files: FileStore): FakeBuilder['build'] =>
  async ({ build, attempt, source, version, architecture, archAll }) => {
    const binary = async (name: string, on: string) => {
      const deb = await makeBinaryPackage(bench, { package: name, version, architecture: on, source });
      const file = await files.adopt(basename(deb) as FileName, deb);
      return { package: name, version, architecture: on as typeof architecture, file };
    };
    const put = (name: string) => files.put(name as FileName, Readable.from([`${name} of ${build}#${attempt}\n`]));
    return {
      outcome: 'succeeded',
      binaries: [await binary(source, architecture), ...(archAll ? [await binary(`${source}-doc`, 'all')] : [])],
      records: [await put(`${source}_${version}_${architecture}.changes`)],
      log: await put(`${build}.buildlog`),
      times: { install: 4, build: 2, total: 7, stages: [] },
    };
  };
