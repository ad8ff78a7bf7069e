import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { Route } from '../../../src/adapters/http/routes-of.ts';
import { doneInPlace, noPages } from '../stories/no-pages.ts';
import { stories } from '../stories/stories.ts';
import { isSound } from './accessible.ts';
import { makeAcquaintances } from './acquaintances.ts';
import { type TestBed, testBed } from './browser.ts';
import { type Mailbox, openMailbox } from './mailbox.ts';
import { may, type Walking, walker } from './walker.ts';

/** Everybody walks every story in a browser, each on an instance of their own; who may all of it leaves no page out. */
export const walkedBy = ({ who, scripts }: Walking): void => {
  describe(`${inWords[who ?? 'nobody']}, ${scripts ? 'with' : 'without'} scripts,`, () => {
    const walked = new Set<string>();
    let bed: TestBed;
    let mailbox: Mailbox;
    before(async () => {
      mailbox = await openMailbox();
      bed = await testBed({}, mailbox.mailer);
      if (who === 'administrator') await makeAcquaintances(bed.daemon);
    });
    after(async () => {
      await bed.close();
      await mailbox.close();
    });

    for (const { tells, onlyFor, walk } of stories) {
      if (onlyFor !== undefined && !may({ who, scripts }, onlyFor)) continue;
      it(tells, async () => {
        const window = await bed.window({ ...(who === undefined ? {} : { who }), scripts });
        noteRoutes(window.page, bed, walked);
        await window.open('/');
        await saying(window.page, () => walk(walker(window.page, bed, mailbox, { who, scripts })));
        assert.equal(await window.page.getByRole('link', { name: 'Manual', exact: true }).count(), 1);
        await isSound(window.page, { scripts });
        window.isQuiet();
        await window.close();
      });
    }

    if (who === 'administrator')
      it('leaves no page out', () => assert.deepEqual(leftOut(bed.routes, walked, scripts), []));
  });
};

/** Whatever ends the walk says before which page it ended. */
const saying = async (page: Page, walk: () => Promise<void>): Promise<void> => {
  try {
    await walk();
  } catch (reason) {
    const text = await page.locator('body').ariaSnapshot({ timeout: 5000 });
    throw new Error(`stuck at ${page.url()}:\n${text.slice(0, 4000)}`, { cause: reason });
  }
};

const inWords: Readonly<Record<string, string>> = {
  nobody: 'An anonymous reader',
  maintainer: 'A maintainer',
  manager: 'A manager',
  administrator: 'An administrator',
};

/** What is downloaded is no page that comes up, and counts as well. */
const noteRoutes = (page: Page, { routes }: TestBed, walked: Set<string>): void => {
  const note = (method: string, url: string): void => {
    const { pathname } = new URL(url);
    const route = routes.find(
      ({ methods, matches }) => methods.some((each) => each === method || each === 'ALL') && matches(pathname),
    );
    if (route !== undefined) walked.add(nameOf(route, method));
  };
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) note(request.method(), request.url());
  });
  page.on('download', (download) => note('GET', download.url()));
};

const nameOf = ({ path }: Route, method: string): string =>
  `${method} ${path.replace(/^(\/mini_buildd\/assets)\/.*/, '$1/…')}`;

/**
 * Routes that nobody came by, and that are not known to be none of a browser's; `live` is what keeps parts of a page fresh. A name of
 * none that is none any more is amiss, too.
 */
const leftOut = (routes: readonly Route[], walked: ReadonlySet<string>, scripts: boolean): readonly string[] => {
  const all = new Set(
    routes.flatMap((route) => route.methods.map((method) => nameOf(route, method === 'ALL' ? 'GET' : method))),
  );
  const others = new Set(Object.keys(noPages));
  return [
    ...[...all]
      .filter(
        (name) =>
          !name.endsWith('/live') && !walked.has(name) && !others.has(name) && !(scripts && doneInPlace.has(name)),
      )
      .map((name) => `no story walks ${name}`),
    ...[...others].filter((name) => !all.has(name)).map((name) => `there is no ${name} any more`),
  ];
};
