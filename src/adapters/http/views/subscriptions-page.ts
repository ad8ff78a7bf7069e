import { type AskedOfLists, listed, listPager } from './administration/lists.ts';
import { deedButton, type Reader } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { urlWith } from './listing.ts';
import type { OwnAccount } from './own-account-page.ts';
import { page } from './page.ts';
import { badge, empty, packageLink, row, table } from './parts.ts';
import { sameAs } from './same-as.ts';

export const subscriptionsPath = '/mini_buildd/account/subscriptions';

type Model = {
  readonly account: OwnAccount;
  /** The subscription that is to become another one. */
  readonly change: string | undefined;
  /** What the form begins with. */
  readonly source: string;
  readonly offered: Readonly<Record<'package' | 'distribution', readonly string[]>>;
};

/** What somebody is told of by mail, why, and how that becomes otherwise. */
export const subscriptionsPage = (instance: Instance, model: Model, reader: Reader, asked: AskedOfLists): string => {
  const { account } = model;
  return page({
    title: `Mails – ${instance.name}`,
    instance,
    body: html`<nav class="quiet small" aria-label="Where this is"><a href="/mini_buildd/account">${account.login ?? ''}</a></nav>
<h1>Mails</h1>
<section class="card"><h2>Without being asked</h2>${unasked(account)}</section>
<section class="card" id="subscriptions"><h2>What you subscribed to</h2>${subscribed(account, reader, asked)}
${sameAs(instance, subscriptionsPath, { command: 'subscription', given: { action: 'list' }, positional: ['action'] })}</section>
<section class="card" id="wanted"><h2>${model.change === undefined ? 'Subscribe' : 'Change a subscription'}</h2>${form(model, reader)}</section>`,
  });
};

const unasked = ({ email, key, role, toldOf }: OwnAccount): Html => html`${
  email === null || email === ''
    ? html`<p class="notice"><strong>No mail reaches you: your account has no address.</strong> <span>An administrator gives it one.</span></p>`
    : html`<p>Mails go to <b>${email}</b>.</p>`
}
${table(
  ['You are told of', 'Because'],
  [
    row(
      'uploads signed with your key that are rejected',
      key === null ? html`${badge('not yet', 'idle')} you have handed in no key` : 'the key is yours',
    ),
    row('the end of your key, before it comes', key === null ? badge('not yet', 'idle') : 'the key is yours'),
    ...(role === 'admin'
      ? [row('keys and certificates of this instance that end soon', 'you are an administrator')]
      : []),
    ...toldOf.map((what) => row(`everything in ${what}`, 'an administrator put you on its list (notify)')),
  ],
)}
<p class="small">A repository may tell who changed or maintains a package of each upload, too. <a href="/mini_buildd/doc/administration#mail">Who is told of what</a></p>`;

const subscribed = ({ subscriptions: own }: OwnAccount, reader: Reader, asked: AskedOfLists): Html => {
  const list = listed(asked, 'subscriptions', own);
  if (own.length === 0)
    return empty(
      'Nothing yet. Whoever subscribes to a source package, a distribution or both is told when something of it is installed, fails, migrates, is removed or restored.',
    );
  return html`${table(
    ['Source package', 'Distribution', ''],
    list.items.map((each) =>
      row(
        each.package === null ? 'every one' : packageLink(each.package),
        html`<span class="whole">${each.distribution ?? 'every one'}</span>`,
        html`<a href="${urlWith(subscriptionsPath, { change: each.subscription })}#wanted" aria-label="Change ${each.subscription}">Change</a> ${deedButton(reader, 'subscription', { action: 'remove', subscription: each.subscription }, 'Remove')}`,
      ),
    ),
  )}${listPager(subscriptionsPath, asked, 'subscriptions', list)}`;
};

const form = ({ change, source, offered }: Model, { token }: Reader): Html => {
  const [before = source, at = ''] = change?.split(':') ?? [];
  return html`${change !== undefined && html`<p>${saidOf(change)} becomes: <a class="small" href="${subscriptionsPath}#wanted">leave it as it is</a></p>`}
<form method="post" action="${subscriptionsPath}" data-draft="subscription" autocomplete="off"><input type="hidden" name="output" value="html">${token}${change !== undefined && html`<input type="hidden" name="change" value="${change}">`}
<p class="field"><label for="package">Source package</label><input id="package" name="package" value="${before}" maxlength="100" list="known-packages" autocapitalize="none" spellcheck="false" aria-describedby="package-about"><span id="package-about">Left out: every one.</span></p>
<datalist id="known-packages">${offered.package.map((each) => html`<option value="${each}">`)}</datalist>
<p class="field"><label for="distribution">Distribution</label><input id="distribution" name="distribution" value="${at}" maxlength="200" list="known-distributions" autocapitalize="none" spellcheck="false" aria-describedby="distribution-about"><span id="distribution-about">Left out: every one.</span></p>
<datalist id="known-distributions">${offered.distribution.map((each) => html`<option value="${each}">`)}</datalist>
<p><button>Look at it</button></p></form>`;
};

const saidOf = (subscription: string): Html => {
  const [source = '', distribution = ''] = subscription.split(':');
  return html`<b>${source || 'every package'}</b> in <b>${distribution || 'every distribution'}</b>`;
};
