import type { Privilege } from '../../../domain/account/privilege.ts';
import type { Instant } from '../../../domain/codec.ts';
import type { Refusal } from '../../../domain/refusal.ts';
import { liveUrl } from '../rendered-parts.ts';
import type { UploaderLine } from './administration/people-model.ts';
import { deedButton, type Reader } from './deed-button.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { liveState } from './live-state.ts';
import { mayUploadTo } from './may-upload.ts';
import { page } from './page.ts';
import { badge, clipped, empty, row, table, time } from './parts.ts';
import { refusals } from './refused.ts';
import { sameAs } from './same-as.ts';

/** What somebody sees of their own account. */
export type OwnAccount = {
  readonly login: string | null;
  readonly fullName: string | null;
  readonly email: string | null;
  readonly role: string | null;
  /** What they are told of by mail because an administrator said so. */
  readonly toldOf: readonly string[];
  /** As whom they sign on elsewhere. */
  readonly identities: readonly string[];
  readonly privilege: Privilege;
  readonly key: OwnKey | null;
  readonly tokens: readonly {
    readonly token: string;
    readonly scope: string;
    readonly issuedAt: Instant;
    readonly expiresAt: Instant;
    readonly hasExpired: boolean;
    /** How the certificate that counts as it calls its owner. */
    readonly certificate: string | null;
  }[];
  readonly subscriptions: readonly {
    readonly subscription: string;
    readonly package: string | null;
    readonly distribution: string | null;
  }[];
};

/** As staff sees it. */
type OwnKey = Pick<UploaderLine, 'fingerprint' | 'userIds' | 'expiresAt' | 'concern' | 'uploadsTo'>;

/** Where its reader goes on to, and why another password was not taken. */
export type Around = {
  readonly next?: string | undefined;
  /** Whom people sign on with here. */
  readonly issuer?: string | undefined;
  readonly refused?: Refusal | undefined;
};

/** One's own account, and all that may be done to it. */
export const ownAccountPage = (
  instance: Instance,
  account: OwnAccount,
  reader: Reader,
  { next, issuer, refused }: Around,
): string => {
  const parts = ownAccountParts(account, reader);
  return page({
    title: `${account.login} – ${instance.name}`,
    instance,
    live: liveUrl('/mini_buildd/account/live', parts),
    body: html`<h1>${account.login ?? ''}</h1>
${refused && refusals([refused])}
${liveState}
<section class="card"><h2>Who you are here</h2><div id="who">${parts.who}</div>
<form method="post" action="/mini_buildd/logout?output=html">${reader.token}${next !== undefined && html`<input type="hidden" name="next" value="${next}">`}<button class="second">Log out</button></form>
${sameAs(instance, '/mini_buildd/account', { command: 'whoami', given: {}, positional: [] })}</section>
<section class="card" id="key"><h2>Key for uploads</h2><div id="own-key" aria-live="polite">${parts['own-key']}</div>
${keyForm(account, reader)}</section>
<section class="card" id="subscriptions"><h2>Mails</h2><div id="mails">${parts.mails}</div></section>
<section class="card" id="tokens"><h2>Tokens</h2>${aboutTokens}
<div id="own-tokens">${parts['own-tokens']}</div>
${tokenForm(reader)}</section>
${instance.signOn !== undefined && signOnPart({ provider: instance.signOn, issuer }, account, reader)}
<section class="card" id="password"><h2>Another password</h2>${password(account, reader)}</section>`,
  });
};

/** What others may change while one looks at it. No form is in it that one types into. */
export const ownAccountParts = (
  account: OwnAccount,
  reader: Reader,
): Readonly<Record<'who' | 'own-key' | 'mails' | 'own-tokens', Html>> => ({
  who: who(account),
  'own-key':
    account.key === null
      ? empty('You have handed in none yet: what you upload is signed by nobody that this instance knows.')
      : standing(account.key),
  mails: subscriptions(account),
  'own-tokens': tokens(account, reader),
});

const who = ({
  fullName,
  email,
  role,
  privilege,
}: OwnAccount): Html => html`<dl class="asked"><div><dt>Name</dt><dd>${fullName || '–'}</dd></div><div><dt>Address</dt><dd>${email || '–'}</dd></div><div><dt>Role</dt><dd>${role ?? '–'}</dd></div><div><dt>May run commands for</dt><dd>${privilege}</dd></div></dl>
<p class="small"><a href="/mini_buildd/api/whoami?everything=true&amp;output=html">All that is stored about you</a></p>`;

const keyForm = (
  { key }: OwnAccount,
  reader: Reader,
): Html => html`<form method="post" action="/mini_buildd/commands/setuserkey" autocomplete="off" data-arguments="/mini_buildd/commands/setuserkey/check" data-draft="key">${fixed(reader, {})}
<p class="field"><label for="key-text">${key === null ? 'Your key' : 'Another key'}</label><textarea id="key-text" name="key" rows="4" cols="70" required spellcheck="false" aria-describedby="key-about key-text-fault"></textarea><span id="key-about">All that <code>gpg --armor --export FINGERPRINT</code> prints. Staff has to approve it.</span><span class="fault" id="key-text-fault" aria-live="polite"></span></p>
<p><button>Look at it</button></p></form>`;

const standing = ({ fingerprint, userIds, expiresAt, concern, uploadsTo }: OwnKey): Html =>
  html`<p><code>${fingerprint}</code>${concern !== null && html` ${badge(concern, 'warn')}`}</p>
<p class="quiet small">${clipped(userIds.join(', '))} · ${expiresAt === null ? 'counts without end' : html`counts until ${time(expiresAt)} UTC`}</p>
${uploadsTo.length === 0 && html`<p>${badge('waits for approval', 'busy')} Staff compares it with you, and says where you may upload.</p>`}
${uploadsTo.map((each) => html`<p>${mayUploadTo(html`<a href="/mini_buildd/repositories/${each.repository}">${each.repository}</a>`, each)}</p>`)}`;

const subscriptions = ({ subscriptions: own }: OwnAccount): Html =>
  html`<p>${own.length === 0 ? 'You subscribed to nothing yet.' : html`You subscribed to ${own.length === 1 ? 'one thing' : `${own.length} things`}.`} <a href="/mini_buildd/account/subscriptions">Mails</a>: what you are told of, and why</p>`;

const aboutTokens = html`<p>Programs show them instead of a password (<code>Authorization: Bearer …</code>, or <code>MINI_BUILDD_TOKEN</code> for <code>mini-buildd-tool</code>). The secret of a new one is shown once.</p>`;

const tokens = ({ tokens: own }: OwnAccount, reader: Reader): Html =>
  html`${
    own.length > 0 &&
    table(
      ['Token', 'May be used for', 'Issued (UTC)', 'Counts until (UTC)', ''],
      own.map((each) =>
        row(
          html`<code>${each.token}</code>${each.certificate !== null && html` <span class="quiet small">${clipped(each.certificate)}</span>`}`,
          each.certificate === null ? each.scope : 'uploads',
          time(each.issuedAt),
          html`${time(each.expiresAt)} ${each.hasExpired && badge('expired', 'idle')}`,
          deedButton(reader, 'token', { action: 'revoke', token: each.token }, 'Revoke'),
        ),
      ),
    )
  }`;

const tokenForm = (
  reader: Reader,
): Html => html`<form method="post" action="/mini_buildd/commands/token" data-arguments="/mini_buildd/commands/token/check" data-draft="token">${fixed(reader, { action: 'issue' })}
<p class="field"><label for="scope">For at most</label><select id="scope" name="scope" aria-describedby="scope-about">${['login', 'staff', 'admin'].map((scope) => html`<option>${scope}</option>`)}</select><span id="scope-about">Commands that need no more than this.</span></p>
<p class="field"><label for="days">Days</label><input id="days" name="days" value="90" inputmode="numeric" required aria-describedby="days-about days-fault"><span id="days-about">How long it counts.</span><span class="fault" id="days-fault" aria-live="polite"></span></p>
<p class="field"><label for="certificate">Certificate</label><textarea id="certificate" name="certificate" rows="2" cols="70" spellcheck="false" data-private aria-describedby="certificate-about certificate-fault"></textarea><span id="certificate-about">Only where programs shall upload by it: your certificate (PEM), without its key. No secret is made then.</span><span class="fault" id="certificate-fault" aria-live="polite"></span></p>
<p><button>Issue a token</button></p></form>`;

const signOnPart = (
  { provider, issuer }: { readonly provider: string; readonly issuer: string | undefined },
  { identities }: OwnAccount,
  reader: Reader,
): Html => {
  const form = (action: string, button: Html) =>
    html`<form method="post" action="${action}?output=html">${reader.token}${button}</form>`;
  const own = identities.filter((identity) => identity.startsWith(`${issuer} `) || identity.startsWith(`${issuer}/ `));
  const former = identities.filter((identity) => !own.includes(identity));
  return html`<section class="card" id="sign-on"><h2>Signing on with ${provider}</h2>${
    former.length > 0 && html`<p>Of a provider of before, which lets nobody in any more: ${asListed(former)}.</p>`
  }${
    own.length === 0
      ? html`<p>You log in here by password alone. With ${provider} besides, your role becomes what your groups there give, each time you sign on.</p>
${form('/mini_buildd/sign-on/link', html`${confirming}<p><button>Sign on there, too</button></p>`)}`
      : html`<p>Who signs on with ${provider} as ${asListed(own)} is let in here as you.</p>
${form('/mini_buildd/logout', html`<button name="there" value="true">Log out here and there</button>`)}
${form('/mini_buildd/sign-on/part', html`<button class="second">Do so no more</button>`)}`
  }</section>`;
};

const asListed = (identities: readonly string[]): Html =>
  html`${identities.map((identity, nth) => html`${nth > 0 && ', '}<code>${identity}</code>`)}`;

const confirming = html`<p class="field"><label for="sign-on-present">Your password here</label><input id="sign-on-present" name="present" type="password" required maxlength="200" autocomplete="current-password"></p>
`;

const password = (
  { login }: OwnAccount,
  reader: Reader,
): Html => html`<form method="post" action="/mini_buildd/account/password?output=html">${reader.token}
<input type="hidden" name="login" value="${login ?? ''}" autocomplete="username">
<p class="field"><label for="present">Present password</label><input id="present" name="present" type="password" required maxlength="200" autocomplete="current-password"></p>
<p class="field"><label for="next">New password</label><input id="next" name="next" type="password" required minlength="10" maxlength="200" autocomplete="new-password" aria-describedby="next-about"><span id="next-about">10 characters or more.</span></p>
<p><button>Change it</button> <span class="quiet">Logs you out everywhere; tokens stay.</span></p>
</form>`;

const fixed = ({ token }: Reader, given: Readonly<Record<string, string>>): Html =>
  html`<input type="hidden" name="output" value="html">${token}${Object.entries(given).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
