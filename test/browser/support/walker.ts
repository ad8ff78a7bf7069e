import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { type Privilege, suffices } from '../../../src/domain/account/privilege.ts';
import type { Person } from './believable-instance.ts';
import type { TestBed } from './browser.ts';
import type { Mailbox } from './mailbox.ts';

/** Who walks; without `who`, somebody who is not logged in. */
export type Walking = { readonly who: Person | undefined; readonly scripts: boolean };

type Called = string | RegExp;

/** Somebody before a browser who goes on by what a page says: links, buttons and fields by their roles and names, never by an address. */
export type Walker = Walking & {
  readonly page: Page;
  readonly bed: TestBed;
  readonly mailbox: Mailbox;
  readonly may: (privilege: Privilege) => boolean;
  /** What stands below a heading. */
  readonly card: (heading: Called) => Locator;
  readonly follows: (link: Called, where?: Locator) => Promise<void>;
  readonly presses: (button: Called, where?: Locator) => Promise<void>;
  readonly types: (field: Called, text: string, where?: Locator) => Promise<void>;
  readonly chooses: (field: Called, option: string, where?: Locator) => Promise<void>;
  readonly ticks: (box: string, where?: Locator) => Promise<void>;
  readonly gives: (field: Called, files: readonly { readonly name: string; readonly bytes: Buffer }[]) => Promise<void>;
  /** Follows a link to a file that the browser keeps. */
  readonly downloads: (link: Called, where?: Locator) => Promise<void>;
  /** Opens what is folded away below these words. */
  readonly unfolds: (words: Called, where?: Locator) => Promise<void>;
  /** Waits until the page says so, where it is seen. */
  readonly reads: (words: Called, where?: Locator) => Promise<void>;
  /** Waits for the page of this heading. */
  readonly isAt: (heading: Called) => Promise<void>;
  /** Is shown the form to log in, and why. */
  readonly isAskedWhoTheyAre: (fact: Called) => Promise<void>;
  /** Is told the fact and the remedy, and finds the rule in the manual. */
  readonly isRefused: (fact: Called, remedy: Called) => Promise<void>;
};

export const may = ({ who }: Walking, privilege: Privilege): boolean =>
  suffices(who === undefined ? 'none' : privileges[who], privilege);

const privileges: Readonly<Record<Person, Privilege>> = {
  user: 'login',
  maintainer: 'login',
  manager: 'staff',
  administrator: 'admin',
};

export const walker = (page: Page, bed: TestBed, mailbox: Mailbox, walking: Walking): Walker => {
  const main = page.getByRole('main');
  const reads = (words: Called, where: Locator = main): Promise<void> =>
    where.getByText(words).filter({ visible: true }).first().waitFor();
  const isAt = (heading: Called): Promise<void> =>
    main
      .getByRole('heading', { level: 1, name: heading, exact: typeof heading === 'string' })
      .first()
      .waitFor();
  const field = (label: Called, where: Locator = main): Locator =>
    where.getByLabel(label, { exact: typeof label === 'string' }).first();
  return {
    ...walking,
    page,
    bed,
    mailbox,
    may: (privilege) => may(walking, privilege),
    card: (heading) => main.locator('section').filter({ has: page.getByRole('heading', { name: heading }) }),
    follows: (link, where = main) => named(where, 'link', link).click(),
    presses: (button, where = main) => named(where, 'button', button).click(),
    types: (label, text, where) => field(label, where).fill(text),
    chooses: async (label, option, where) => void (await field(label, where).selectOption(option)),
    ticks: (box, where = main) => where.getByRole('checkbox', { name: box, exact: true }).first().check(),
    gives: (label, files) =>
      field(label).setInputFiles(
        files.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: bytes })),
      ),
    downloads: async (link, where = main) => {
      const [download] = await Promise.all([page.waitForEvent('download'), named(where, 'link', link).click()]);
      assert.equal(await download.failure(), null);
    },
    unfolds: (words, where = main) => where.locator('summary').filter({ hasText: words }).first().click(),
    reads,
    isAt,
    isAskedWhoTheyAre: async (fact) => {
      await isAt('Log in');
      await reads(fact);
    },
    isRefused: async (fact, remedy) => {
      await reads(fact);
      await reads(remedy);
      await reads(/Rule: |more on this rule/);
    },
  };
};

/** Words stand for the whole name, a pattern for a part. */
const named = (where: Locator, role: 'link' | 'button', name: Called): Locator =>
  where.getByRole(role, { name, exact: typeof name === 'string' }).first();
