import type { Identity } from '../../../ports/sign-on.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';

/** Who came back from the identity provider goes on from here. */
export const signedOnPage = (instance: Instance, next: string): string =>
  card(instance, 'You are logged in', html`<p><a href="${next}">Go on</a></p>`);

/** Policies on content let no form lead to another site: a page in between does. */
export const leavingPage = (instance: Instance, provider: string, there: string): string =>
  card(instance, `On to ${provider}`, html`<p><a href="${there}">Go on to ${provider}</a></p>`);

/** Who logged out here, and is about to there, where one can. */
export const loggedOutPage = (instance: Instance, provider: string, there: string | undefined): string =>
  card(
    instance,
    'You are logged out here',
    there === undefined
      ? html`<p>Nobody can log out at ${provider} from here: do it there.</p>`
      : html`<p><a href="${there}">Log out at ${provider}, too</a></p>`,
  );

/** Who somebody is there, before their account here is theirs by that. `sealed` says the same to us. */
export const linkPage = (
  instance: Instance,
  {
    provider,
    login: here,
    sealed,
    token,
  }: { readonly provider: string; readonly login: string; readonly sealed: string; readonly token: Html | undefined },
  { login, fullName, email, role, issuer, subject }: Identity,
): string => {
  const there = login || subject;
  return card(
    instance,
    `You are ${there} at ${provider}`,
    html`<dl class="asked"><div><dt>Identity there</dt><dd><code>${issuer} ${subject}</code></dd></div><div><dt>Name there</dt><dd>${fullName || '–'}</dd></div><div><dt>Address there</dt><dd>${email || '–'}</dd></div><div><dt>Role by your groups there</dt><dd>${role ?? 'none'}</dd></div></dl>
<p>Your account here, ${here}, can be theirs, too. Whoever logs in as ${there} there is let in here as ${here} from then on, and at each such log-in your role becomes what the groups there give.</p>
<form method="post" action="/mini_buildd/sign-on/linked?output=html">${token}<input type="hidden" name="sealed" value="${sealed}"><button>That is me</button> <a class="button second" href="/mini_buildd/account">Leave it</a></form>`,
  );
};

const card = (instance: Instance, title: string, body: Html): string =>
  page({
    title: `${title} – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>${title}</h1>${body}</section>`,
  });
