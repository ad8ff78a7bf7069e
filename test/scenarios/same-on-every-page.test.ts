import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { atWork, basic, passwordOf } from '../support/accounts-at-work.ts';
import { unescaped } from '../support/administrator-in-browser.ts';
import { asks } from '../support/asks.ts';
import { armoredKey, maintainer, stored } from '../support/fixed-examples.ts';
import { eventsOf } from '../support/in-memory-daemon.ts';
import { plainBrowser, type Shown } from '../support/plain-browser.ts';
import { sourceUpload } from '../support/source-upload.ts';
import { atTerminal } from '../support/tool-at-terminal.ts';

/** What the samples of pages are about. */
type Work = Awaited<ReturnType<typeof atWork>> &
  Readonly<Record<'account' | 'build' | 'upload' | 'changes' | 'event' | 'webhook', string>>;

type Page = readonly [pattern: string, path: (work: Work) => string, command: RegExp | ((work: Work) => RegExp)];

const root = '/mini_buildd/administration';
const sections = ['instance', 'sources', 'layouts', 'distributions', 'repositories', 'retention', 'chroots'] as const;
const objectOf: Readonly<Record<(typeof sections)[number], string>> = {
  instance: 'instance',
  sources: 'debian-trixie',
  layouts: 'Default',
  distributions: 'trixie',
  repositories: 'acme',
  retention: 'acme',
  chroots: 'trixie-amd64',
};
const removable = sections.filter((section) => section !== 'instance');
const remote = 'bert.example.org:8066';

const about =
  (pattern: (work: Work) => string) =>
  (work: Work): RegExp =>
    new RegExp(pattern(work));

/** Every page, by the route that serves it; and the command that does or says the same, with what it is about. */
const pages: readonly Page[] = [
  ['/mini_buildd', () => '/mini_buildd/', /status$/],
  ['/mini_buildd/login', () => '/mini_buildd/login', /^mini-buildd-tool LOGIN@\S+ whoami$/],
  ['/mini_buildd/commands', () => '/mini_buildd/commands', /--help$/],
  ['/mini_buildd/commands/:command', () => '/mini_buildd/commands/status', /status$/],
  ['/mini_buildd/commands/:command', () => '/mini_buildd/commands/show', /show --help$/],
  ['/mini_buildd/commands/:command', () => '/mini_buildd/commands/webhook', /webhook --help$/],
  ['/mini_buildd/commands/:command', () => '/mini_buildd/commands/show?package=hello', /show hello$/],
  ['/mini_buildd/commands/:command', () => '/mini_buildd/commands/stop?reason=a%20b', /stop --reason='a b'$/],
  ['/mini_buildd/reference', () => '/mini_buildd/reference', /--help$/],
  ['/mini_buildd/reference/:command', () => '/mini_buildd/reference/migrate', /migrate --help$/],
  ['/mini_buildd/progress', () => '/mini_buildd/progress?stream=repository-acme', /progress repository-acme$/],
  ['/mini_buildd/account', () => '/mini_buildd/account', /whoami$/],
  ['/mini_buildd/account/subscriptions', () => '/mini_buildd/account/subscriptions', /subscription list$/],
  ['/mini_buildd/upload', () => '/mini_buildd/upload', /uploads$/],
  [
    '/mini_buildd/upload/verdict/:changes',
    ({ changes }) => `/mini_buildd/upload/verdict/${changes}`,
    about(({ changes }) => `uploads --changes=${changes}$`),
  ],
  [
    '/mini_buildd/uploads/:upload',
    ({ upload }) => `/mini_buildd/uploads/${upload}`,
    about(({ upload }) => `why ${upload}$`),
  ],
  ['/mini_buildd/builds/:build', ({ build }) => `/mini_buildd/builds/${build}`, about(({ build }) => `why ${build}$`)],
  ...['', '?from=2', '?error=first', '?find=hello', '?find=hello&from=2'].map(
    (query): Page => [
      '/mini_buildd/builds/:build/log/lines',
      ({ build }) => `/mini_buildd/builds/${build}/log/lines${query}`,
      about(({ build }) => `log ${build} .*${query.includes('find') ? '--find=hello' : ''}`),
    ],
  ),
  ['/mini_buildd/builds', () => '/mini_buildd/builds', /builds$/],
  [
    '/mini_buildd/builds',
    () => '/mini_buildd/builds?state=built&architecture=amd64&source=hel*',
    /builds --state=built --architecture=amd64 --source='hel\*'$/,
  ],
  ['/mini_buildd/doc/search', () => '/mini_buildd/doc/search?words=key', /--help$/],
  ['/mini_buildd/doc/ or /mini_buildd/doc/:chapter', () => '/mini_buildd/doc/using', /--help$/],
  ['/log{/*path}', () => '/log/', /repositories$/],
  ['/log{/*path}', () => '/log/acme/', /repository acme$/],
  ['/log{/*path}', () => '/log/acme/hello/', /history hello$/],
  ['/mini_buildd/uploads', () => '/mini_buildd/uploads', /uploads --page=1$/],
  [
    '/mini_buildd/uploads',
    () => '/mini_buildd/uploads?state=published&source=hel*',
    /uploads --page=1 --source='hel\*' --state=published$/,
  ],
  ['/mini_buildd/repositories', () => '/mini_buildd/repositories', /repositories --page=1$/],
  [
    '/mini_buildd/repositories',
    () => '/mini_buildd/repositories?state=active&name=ac*',
    /repositories --page=1 --state=active --name='ac\*'$/,
  ],
  ['/mini_buildd/machines', () => '/mini_buildd/machines', /machines$/],
  [
    '/mini_buildd/machines',
    () => '/mini_buildd/machines?kind=chroot&architecture=amd64&name=tr*',
    /machines --kind=chroot --architecture=amd64 --name='tr\*'$/,
  ],
  ['/mini_buildd/packages', () => '/mini_buildd/packages', /search$/],
  ['/mini_buildd/packages', () => '/mini_buildd/packages?name=he', /search he$/],
  ['/mini_buildd/packages/:source', () => '/mini_buildd/packages/hello', /history hello|show hello/],
  ['/mini_buildd/repositories/:repository', () => '/mini_buildd/repositories/acme', /repository acme$/],
  [
    '/mini_buildd/repositories/:repository/compare',
    () => '/mini_buildd/repositories/acme/compare?one=trixie-acme-unstable&other=trixie-acme-testing',
    /compare trixie-acme-unstable trixie-acme-testing/,
  ],
  [
    '/mini_buildd/repositories/:repository/:distribution',
    () => '/mini_buildd/repositories/acme/trixie-acme-unstable',
    /packages trixie-acme-unstable/,
  ],
  ['/mini_buildd/history', () => '/mini_buildd/history?package=hello', /history hello$/],
  ['/mini_buildd/history/:id', ({ event }) => `/mini_buildd/history/${event}`, about(({ event }) => `event ${event}`)],
  ['/mini_buildd/seals', () => '/mini_buildd/seals', /history --type=LogSealed$/],
  ['/mini_buildd/statistics', () => '/mini_buildd/statistics?by=weeks', /statistics --by=weeks$/],
  [root, () => root, /declared$/],
  [`${root}/welcome`, () => `${root}/welcome`, /declared repositories$/],
  [`${root}/welcome/progress`, () => `${root}/welcome/progress?repository=acme`, /declared repositories acme$/],
  [`${root}/configuration`, () => `${root}/configuration`, /export$/],
  [`${root}/accounts`, () => `${root}/accounts`, /user list$/],
  [`${root}/accounts`, () => `${root}/accounts?name=osc`, /user list --holding=osc$/],
  [`${root}/accounts/:name`, ({ account }) => `${root}/accounts/${account}`, /user show oscar$/],
  [`${root}/uploaders`, () => `${root}/uploaders`, /uploader list$/],
  [`${root}/uploaders`, () => `${root}/uploaders?name=osc`, /uploader list --holding=osc$/],
  [`${root}/uploaders/:name`, ({ account }) => `${root}/uploaders/${account}`, /uploader list oscar$/],
  [`${root}/builders`, () => `${root}/builders`, /builders$/],
  [`${root}/builders`, () => `${root}/builders?name=bert`, /builders --holding=bert$/],
  [`${root}/builder/:name`, () => `${root}/builder/ernie`, /machines --kind=builder$/],
  [`${root}/notifications`, () => `${root}/notifications`, /notifications$/],
  [`${root}/notifications`, () => `${root}/notifications?name=hello`, /notifications --holding=hello$/],
  [
    `${root}/remotes/:name`,
    () => `${root}/remotes/${encodeURIComponent(remote)}`,
    /remote list bert\.example\.org:8066$/,
  ],
  [`${root}/nodes/:name`, () => `${root}/nodes/bert`, /node list bert$/],
  [
    `${root}/webhooks/:name`,
    ({ webhook }) => `${root}/webhooks/${webhook}`,
    about(({ webhook }) => `webhook list ${webhook}$`),
  ],
  ...sections.flatMap((section): readonly Page[] => [
    [`${root}/:section`, () => `${root}/${section}`, new RegExp(`declared ${section}$`)],
    [`${root}/:section`, () => `${root}/${section}?name=a`, new RegExp(`declared ${section} --holding=a$`)],
    [
      `${root}/:section/:name`,
      () => `${root}/${section}/${objectOf[section]}`,
      new RegExp(`declared ${section} ${objectOf[section]}$`),
    ],
    [
      `${root}/:section/:name/edit`,
      () => `${root}/${section}/${objectOf[section]}/edit`,
      new RegExp(`declared ${section} ${objectOf[section]}$`),
    ],
  ]),
  ...removable.flatMap((section): readonly Page[] => [
    [`${root}/add/:section`, () => `${root}/add/${section}`, new RegExp(`declared ${section}$`)],
    [
      `${root}/:section/:name/remove`,
      () => `${root}/${section}/${objectOf[section]}/remove`,
      { repositories: /removerepository acme /, chroots: /chroot remove trixie-amd64$/ }[section as string] ??
        new RegExp(`undeclare ${section} ${objectOf[section]} .*--confirm=undeclare$`),
    ],
  ]),
];

/** Pages that have none, and why. */
const without: Readonly<Record<string, string>> = {
  '/': 'leads on to the home page',
  '/mini_buildd/style': 'shows what pages are made of',
  '/mini_buildd/uploads/:repository/:source/:version': 'leads on to an upload',
  '/mini_buildd/repositories/:repository/publications': 'leads on to a distribution as it was',
};

/** Pages that no command is like: what they offer to a program is sent by the test of enrolment. */
const sentOnly = ['/mini_buildd/register', '/mini_buildd/reset', '/mini_buildd/link'];

/** What is for programs, apt or a page that is looked at: no page itself. */
const isNoPage = (path: string): boolean =>
  /\/live$|^\/mini_buildd\/(?:api|assets|events|feeds|nodes)\b|^\/(?:favicon\.ico|healthz|readyz|metrics)\b|\.yaml$/.test(
    path,
  ) ||
  [
    '/mini_buildd/builds/:build/log',
    '/mini_buildd/builds/:build/log/find',
    '/mini_buildd/builds/:build/files/:name',
    '/mini_buildd/seals/latest',
    '/mini_buildd/seals/:seal',
    `${root}/chroots/:name/log`,
  ].includes(path);

describe('The same elsewhere on every page', () => {
  let work: Work;
  let browser: ReturnType<typeof plainBrowser>;
  const cleanups: (() => unknown)[] = [];
  before(async () => {
    const at = await atWork({ after: (clean: () => unknown) => cleanups.unshift(clean) } as unknown as TestContext);
    const { daemon, on } = at;
    await daemon.uploads(sourceUpload());
    await daemon.until(({ uploads, builds }) => uploads.open.size === 0 && builds.open.size === 0);
    const account = [...daemon.world.accounts.keys()][0] ?? assert.fail();
    const key = await at.run('setuserkey', { key: armoredKey(maintainer), confirm: 'setuserkey' }, basic('oscar'));
    assert.equal(key.status, 200);
    await asks(daemon, 'webhook', { action: 'add', url: 'https://ci.example.org/hook' });
    await asks(daemon, 'retention', { repository: 'acme', versions: '3' });
    await daemon.configure({ type: 'NodeAdded', node: 'bert', key: 'a'.repeat(64) } as never);
    await daemon.configure({
      type: 'RemoteConfigured',
      remote,
      url: `http://${remote}`,
      fingerprint: 'D'.repeat(40),
      key: stored('bert.asc'),
    } as never);
    await daemon.rests();
    const [received] = eventsOf(on, 'UploadReceived');
    work = {
      ...at,
      account,
      build: eventsOf(on, 'BuildRequested')[0]?.build ?? '',
      upload: received?.upload ?? '',
      changes: received?.changes.sha256 ?? '',
      event: daemon.world.published.get('acme' as never)?.at(-1)?.id ?? '',
      webhook: [...daemon.world.webhooks.keys()][0] ?? '',
    };
    browser = plainBrowser(work.url);
    await browser.send(await browser.open('/mini_buildd/login'), '/mini_buildd/login?output=html', {
      login: 'adam',
      password: passwordOf('adam'),
    });
  });
  after(async () => {
    for (const clean of cleanups) await clean();
  });

  it('is asked about for every route, or there is a reason', () => {
    const known = new Set([...pages.map(([pattern]) => pattern), ...sentOnly, ...Object.keys(without)]);
    const served = work.routes
      .filter(({ methods }) => methods.includes('GET'))
      .map(({ path }) => path)
      .filter((path) => !isNoPage(path));
    assert.deepEqual(
      served.filter((path) => !known.has(path)),
      [],
    );
    assert.deepEqual(
      [...known].filter((path) => !served.includes(path)),
      [],
      'is no route any more',
    );
  });

  for (const [pattern, path, names] of pages)
    it(`is there and can be run: ${pattern} ${path.toString().replace(/^.*?=> /, '')}`, async () => {
      const asked = path(work);
      const route = work.routes.find((each) => each.methods.includes('GET') && each.matches(asked.split('?')[0] ?? ''));
      assert.equal(route?.path, pattern);
      const shown = await browser.open(asked);
      assert.equal(shown.status, 200, asked);
      saysAloudWhetherItIsLive(shown);
      const offers = offered(shown);
      assert.ok(offers.length > 0, `nothing is offered by ${asked}`);
      const expected = typeof names === 'function' ? names(work) : names;
      assert.ok(
        offers.some(({ terminal }) => expected.test(terminal)),
        `${expected} is none of ${JSON.stringify(offers)}`,
      );
      const isRefused = shown.page.includes('It cannot be removed as things are');
      for (const offer of offers) await canBeRun(offer, isRefused ? 1 : 0);
    });

  it('is what a form comes to, once it is filled in', async () => {
    const edit = `${root}/repositories/acme/edit`;
    const form = await browser.open(edit);
    const typed = { validForDays: '7', _step: 'show' };
    const changed = await browser.send(form, edit, typed);
    assert.equal(changed.status, 200);
    const offer = offered(changed).find(({ terminal }) => terminal.split(' ')[2] === 'apply');
    assert.ok(offer, changed.page);
    const dryRun = await atTerminal(work.url, offer.terminal, '--dry-run');
    assert.match(dryRun.out, /validForDays/);
    for (const each of offered(changed)) await canBeRun(each);
  });

  it('is what the wizard comes to', async () => {
    const form = await browser.open(`${root}/welcome`);
    const review = await browser.send(form, `${root}/welcome`, { repository: 'fresh' });
    assert.equal(review.status, 200);
    const offer = offered(review).find(({ terminal }) => terminal.split(' ')[2] === 'apply');
    assert.ok(offer, review.page);
    assert.match((await atTerminal(work.url, offer.terminal, '--dry-run')).out, /fresh/);
    for (const each of offered(review)) await canBeRun(each);
  });

  it('is what a command would do', async () => {
    const path = '/mini_buildd/commands/migrate';
    const form = await browser.open(`${path}?package=hello&distribution=trixie-acme-unstable`);
    const plan = await browser.send(form, path, { package: 'hello', distribution: 'trixie-acme-unstable' });
    assert.equal(plan.status, 200);
    const [offer] = offered(plan);
    assert.match(offer?.terminal ?? '', /migrate hello trixie-acme-unstable --confirm=migrate$/);
    for (const each of offered(plan)) await canBeRun(each);
  });

  /** Of what changes something, its rehearsal. What its page says cannot be done is refused here, too. */
  const canBeRun = async ({ address, terminal, json, curl }: Offer, expected = 0): Promise<void> => {
    if (address !== '') {
      const { pathname, search } = new URL(address);
      assert.equal((await browser.open(pathname + search)).status, 200, address);
    }
    const ran = await atTerminal(work.url, terminal, ...(curl === '' ? [] : ['--dry-run']));
    assert.equal(ran.code, expected, `${terminal}: ${ran.err}`);
    if (curl !== '') return assert.match(curl, /^curl --oauth2-bearer "\$MINI_BUILDD_TOKEN" /);
    const answer = await fetch(work.url + json, { headers: basic('adam') });
    assert.equal(answer.status, 200, json);
    await answer.json();
  };
});

/** What is kept fresh says so to who does not see the page, too. */
const saysAloudWhetherItIsLive = ({ page }: Shown): void => {
  const isLive = /<main [^>]*data-live=/.test(page);
  const places = page.match(/<[^>]* id="live-state"[^>]*>/g) ?? [];
  assert.deepEqual(places, isLive ? ['<p class="live quiet" id="live-state" role="status">'] : []);
};

type Offer = Readonly<Record<'address' | 'terminal' | 'json' | 'curl', string>>;

const offered = ({ page }: Shown): readonly Offer[] =>
  [...page.matchAll(/<details class="same"><summary>The same elsewhere<\/summary>[\s\S]*?<\/details>/g)].map(
    ([text]) => ({
      address: entry(text, 'Address'),
      terminal: entry(text, 'Terminal'),
      json: unescaped(/<dt>JSON<\/dt><dd><code data-copy><a href="([^"]*)"/.exec(text)?.[1] ?? ''),
      curl: entry(text, 'JSON'),
    }),
  );

const entry = (text: string, name: string): string =>
  unescaped(new RegExp(`<dt>${name}</dt><dd><code data-copy>([^<]*)</code>`).exec(text)?.[1] ?? '');
