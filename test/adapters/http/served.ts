import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { pino } from 'pino';
import { NEVER, Subject } from 'rxjs';
import { deliveries } from '../../../src/adapters/file-store/deliveries.ts';
import { fileStore } from '../../../src/adapters/file-store/file-store.ts';
import type { Administration } from '../../../src/adapters/http/administration.ts';
import { noProxies } from '../../../src/adapters/http/client-address.ts';
import { type HttpParts, httpServer } from '../../../src/adapters/http/http-server.ts';
import { expandedLogs } from '../../../src/adapters/http/logs/expanded-logs.ts';
import type { PackageLogEntry } from '../../../src/adapters/http/package-log-routes.ts';
import type { RepositoryPages } from '../../../src/adapters/http/repository-routes.ts';
import type { Proof } from '../../../src/adapters/http/views/history-model.ts';
import type { HomeModel } from '../../../src/adapters/http/views/home-model.ts';
import { openMemoryLog } from '../../../src/adapters/memory-log/memory-log.ts';
import { boundedShelves } from '../../../src/adapters/shelf/bounded-shelf.ts';
import { access } from '../../../src/app/accounts/access.ts';
import { doers, nobodyKnown } from '../../../src/app/accounts/doers.ts';
import { history } from '../../../src/app/commands/history.ts';
import { decode } from '../../../src/domain/codec.ts';
import type { FileName, RepositoryId, StoredFile } from '../../../src/domain/debian/names.ts';
import type { EventId, StreamName } from '../../../src/domain/ids.ts';
import { refusal } from '../../../src/domain/refusal.ts';
import type { Api, CommandDescription } from '../../../src/ports/api.ts';
import type { Bearings } from '../../../src/ports/bearings.ts';
import type { Enrolment } from '../../../src/ports/enrolment.ts';
import type { NewEvent } from '../../../src/ports/event-log.ts';
import type { Snapshots } from '../../../src/ports/snapshots.ts';
import { noAccounts, viewerOf } from '../../../src/projections/accounts.ts';
import { newWorld } from '../../../src/projections/world.ts';
import { emptyHistory } from '../../support/empty-history.ts';
import { memoryPeople } from '../../support/memory-people.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { unsealed } from './sample-seals.ts';

/** A web server on a free port over fakes that behave, gone with the test. */
export const serve = async (test: Pick<TestContext, 'after'>, parts: Partial<HttpParts> = {}) => {
  const home = await mkdtemp(join(tmpdir(), 'mini-buildd-http-'));
  const files = fileStore(join(home, 'files'));
  const changes$ = new Subject<void>();
  const log = openMemoryLog();
  const api = fakeApi();
  const server = await httpServer({
    endpoints: [{ host: '127.0.0.1', port: 0, isTls: false }],
    certificate: undefined,
    proxies: noProxies,
    uploaders: 'anybody',
    instanceName: () => 'acme',
    version: '1.2.3',
    identity: () => ({
      fingerprint: '0123456789ABCDEF0123456789ABCDEF01234567',
      origin: 'http://buildd.example.org:8066',
    }),
    api,
    enrolment: nobodyEnrols,
    administration: nothingDeclared,
    access: access(noAccounts(), memoryPeople(Date.now), Date.now),
    viewer: (caller) => viewerOf(noAccounts(), caller),
    log,
    files,
    expanded: expandedLogs(join(home, 'cache', 'logs'), parts.files ?? files, boundedShelves()).open,
    changes$,
    touched: () => changes$,
    arriving: () => [],
    repositories: {
      root: (id) => (id === 'test' ? join(home, 'repositories/test/published') : undefined),
      all: () => ['test' as RepositoryId],
    },
    snapshots: noSnapshots,
    nodes: {
      admits: () => undefined,
      hear: () => undefined,
      bearings: () => noBearings,
      deliveries: deliveries(join(home, 'deliveries'), files),
      permit: async () => undefined,
    },
    incoming: { open: async () => left({ why: 'closed', fact: 'nobody uploads here' }) },
    verdict: () => undefined,
    packageLogs: { repositories: () => [], sources: () => [], versions: async () => [], files: async () => [] },
    feeds: async () => ({ instance: 'acme', origin: 'http://buildd.example.org:8066', entries: [], next: undefined }),
    packages: {
      page: async () => undefined,
      search: () => ({ page: 1, pages: 1, items: [], found: 0, isKnown: false }),
    },
    repository: noRepositories,
    history: {
      page: async () => right({ ...emptyHistory, proof: noProof }),
      newer: async () => ({ count: 0, until: undefined }),
      names: doers(noAccounts(), memoryPeople(Date.now)).names,
      event: async () => undefined,
    },
    build: async () => undefined,
    builtFile: async () => undefined,
    seals: {
      list: async () => ({ sealing: unsealed, seals: [], next: undefined }),
      latest: () => undefined,
      checkpoint: async () => undefined,
    },
    upload: {
      page: async () => undefined,
      ofVersion: async () => undefined,
      rebuilt: () => undefined,
      movedIn: () => false,
    },
    lists: {
      builds: () => ({ page: 1, pages: 1, found: 0, items: [] }),
      uploads: async () => ({ page: 1, pages: 1, found: 0, items: [] }),
      repositories: () => ({ page: 1, pages: 1, found: 0, items: [] }),
      machines: () => ({ page: 1, pages: 1, found: 0, items: [] }),
    },
    statistics: (step) => ({ step, stretches: [], architectures: [], repositories: [] }),
    liveLog: () => undefined,
    storedLog: async () => undefined,
    home: () => idleHome,
    ready: () => true,
    metrics: {
      levels: () => ({
        events: 0,
        isLogWritable: true,
        sealAge: undefined,
        isSealAmiss: false,
        concerns: { critical: 0, warning: 0 },
        queues: [],
      }),
      durations$: NEVER,
    },
    journal: pino({ level: 'silent' }),
    ...parts,
    // A busy machine may take long for a past state, which is no matter of most tests.
    limits: { lookBack: 30_000, ...parts.limits },
  });
  test.after(async () => {
    await server.close();
    await removeFolder(home);
  });
  const [port = 0] = server.ports;
  const url = `http://127.0.0.1:${port}`;
  const record = async (...events: readonly NewEvent[]): Promise<void> => {
    for (const event of events) await log.append(`upload-${event.id}` as StreamName, 'none', [event]);
    changes$.next();
  };
  const store = (name: string, bytes: Buffer | string): Promise<StoredFile> =>
    files.put(name as FileName, Readable.from([Buffer.from(bytes)]));
  return {
    url,
    port,
    ports: server.ports,
    home,
    files,
    api,
    log,
    changes$,
    record,
    store,
    routes: server.routes,
    close: server.close,
  };
};

const noProof: Proof = { events: 0, head: undefined, trouble: undefined, verified: undefined, sealing: unsealed };

export const noRepositories: RepositoryPages = {
  repository: () => undefined,
  former: () => [],
  works: () => [],
  distribution: async () => undefined,
  comparison: async () => undefined,
  publication: () => undefined,
};

/** No past at all. */
const noSnapshots: Snapshots = {
  repositories: () => [],
  times: () => undefined,
  distributions: async () => left({ kind: 'unknown', because: refusal('unknown-repository', 'there is none', 'none') }),
  tree: async () => left({ kind: 'unknown', because: refusal('unknown-repository', 'there is none', 'none') }),
  poolFile: () => left({ kind: 'unknown', because: refusal('no-such-file', 'there is none', 'none') }),
};

/** The published tree of repository `test`: generation 1, and what lies beside it that nobody may see. */
export const publish = async (home: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> => {
  const repository = join(home, 'repositories/test');
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(repository, name)), { recursive: true });
    await writeFile(join(repository, name), bytes);
  }
  await symlink('generations/1', join(repository, 'published'));
};

/** Sends bytes as they are and gives back what came until the server closed, or until `enough` says so. */
export const raw = (port: number, bytes: string, enough: (answer: string) => boolean = () => false): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(30_000, () => socket.destroy(new Error(`no end after: ${answer}`)));
    socket.setEncoding('latin1').on('data', (chunk) => {
      answer += chunk;
      if (enough(answer)) socket.end();
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
    socket.on('close', () => resolve(answer));
  });

/** Reads a streaming answer until `enough`, then leaves. */
export const readUntil = async (response: Response, enough: (text: string) => boolean): Promise<string> => {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (enough(text)) break;
  }
  return text;
};

export const storedEntry = (architecture: string, file: StoredFile): PackageLogEntry => ({ architecture, file });

export const received = (number: number, more: Partial<NewEvent> = {}): NewEvent => ({
  id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as EventId,
  body: { type: 'UploadReceived', number } as NewEvent['body'],
  actor: { kind: 'duty', name: 'incoming' },
  causedBy: undefined,
  correlation: `upload ${number}`,
  subject: { package: 'hello', distribution: 'trixie-test-unstable' },
  ...more,
});

export const noBearings: Bearings = {
  events: 0,
  place: { builder: 'ernie', room: 1, tags: [], architectures: null },
  works: [],
  builds: [],
  remotes: [],
  seal: null,
};

const nobodyEnrols: Enrolment = {
  register: async () => left(notHere),
  resetPassword: async () => left(notHere),
  readLink: async () => left(notHere),
  useLink: async () => left(notHere),
  offers: () => ({ registration: false, reset: false }),
};

const nothing = { text: '', shown: '', faults: [], proposal: undefined, isChanged: false, meanwhile: [] };

const noQuestions = { section: 'welcome', fields: [], typed: {}, known: {}, faults: [], hostFault: undefined };

const nothingDeclared: Administration = {
  overview: () => ({ sections: [], others: [], attention: [], sealing: unsealed, isNew: true }),
  section: () => undefined,
  object: async () => undefined,
  openForm: async () => undefined,
  sentForm: async () => undefined,
  applyForm: async () => undefined,
  removal: async () => undefined,
  applyRemoval: async () => undefined,
  document: async () => nothing,
  sentDocument: async () => nothing,
  applyDocument: async () => left(nothing),
  yaml: async () => '{}\n',
  questions: async () => noQuestions,
  answered: async () => ({ questions: noQuestions, document: undefined }),
  firstSteps: () => undefined,
  preparation: async () => undefined,
  accounts: async () => [],
  account: async () => undefined,
  outlook: async () => undefined,
  archiveKeys: async () => [],
  uploader: async () => undefined,
  remote: async () => undefined,
  builder: async () => undefined,
  node: async () => undefined,
  webhook: async () => undefined,
  uploaders: async () => ({ lines: [], repositories: [] }),
  machines: () => ({
    builder: 'ernie',
    running: 0,
    room: 1,
    confinement: [],
    remotes: [],
    introductions: [],
    ownKeys: [],
    nodes: [],
  }),
  notifications: async () => ({
    mailFrom: undefined,
    delay: undefined,
    owed: [],
    moreOwed: 0,
    webhooks: [],
    toldOf: [],
    subscriptions: [],
    always: [],
  }),
};

const notHere = { because: refusal('registration-closed', 'nobody registers here', 'ask'), retryAfter: undefined };

export const idleHome: HomeModel = {
  engine: { state: 'running', note: undefined },
  sealing: unsealed,
  notices: [],
  attention: [],
  offered: { offers: [], inAll: 0 },
  binNmus: [],
  waiting: [],
  waitingInAll: 0,
  running: [],
  works: [],
  recent: [],
  repositories: [],
  builders: [],
  remotes: [],
  chroots: [],
};

type FakeApi = Api & { readonly ran: { readonly command: string; readonly given: Readonly<Record<string, string>> }[] };

const fakeApi = (): FakeApi => {
  const ran: FakeApi['ran'] = [];
  return {
    ran,
    commands,
    ...apiOf(commands),
    run: async (command, given) => {
      ran.push({ command, given });
      if (given.package === 'missing') return left([refusal('no-package', 'no distribution has it', 'look with list')]);
      if (given.package === 'held') return left([refusal('is-held', 'hello is held', 'release it')]);
      return right({ json: { command, given }, plain: `${command} ${given.package ?? ''}\n` });
    },
  };
};

/** What an API says of arguments, by the rows of its table; it knows of no values, and of nothing present. */
export const apiOf = (rows: readonly CommandDescription[]): Pick<Api, 'faults' | 'present' | 'known'> => ({
  faults: (command, given) =>
    (rows.find(({ name }) => name === command)?.arguments ?? []).flatMap(({ name, codec, fallback }) => {
      const read = decode(codec, given[name] ?? fallback);
      const because = (fact: string) => refusal('bad-argument', `"${name}": ${fact}`, `correct ${name}`);
      return isLeft(read) ? [{ argument: name, because: because(read.left.join('; ')) }] : [];
    }),
  present: async () => ({}),
  known: async () => [],
});

/** A row of a command table. */
export const commandRow = (name: string, more: Partial<CommandDescription> = {}): CommandDescription => ({
  name,
  about: 'Packages',
  summary: `Does ${name}`,
  arguments: [],
  privilege: 'none',
  changes: false,
  needsEngine: false,
  needsConfirmation: false,
  ...more,
});

const source = {
  name: 'package',
  codec: t.string as t.Type<unknown, string, unknown>,
  positional: true,
  short: undefined,
  fallback: undefined,
  summary: 'Source package',
};

const commands: readonly CommandDescription[] = [
  commandRow('status'),
  { ...history(newWorld(), { query: async () => [] }, nobodyKnown).description, about: 'The past' },
  commandRow('show', {
    arguments: [
      source,
      { ...source, name: 'with-rollbacks', positional: false, short: 'r', fallback: 'false', summary: 'Rollbacks too' },
    ],
  }),
  commandRow('cancel', { arguments: [source], changes: true }),
  commandRow('remove', { arguments: [source], changes: true, needsConfirmation: true }),
  commandRow('stop', { changes: true, privilege: 'admin' }),
];
