import type { Refusal } from '../../../domain/refusal.ts';
import type { Enrolment } from '../../../ports/enrolment.ts';
import { type Html, html } from './html.ts';
import type { Instance } from './instance.ts';
import { urlWith } from './listing.ts';
import { page } from './page.ts';
import { refusals } from './refused.ts';
import { sameForm, sameSecrets } from './same-as.ts';

/** What was typed, and why it was not taken; empty for a form that nobody has sent yet. `next`: where one goes on when all is done. */
export type Tried = {
  readonly typed: Readonly<Record<string, string>>;
  readonly because: Refusal | undefined;
  readonly next?: string | undefined;
};

export const untried: Tried = { typed: {}, because: undefined };

/** Where one asks for an account. */
export const registerPage = (instance: Instance, { typed, because, next }: Tried): string =>
  page({
    title: `Register – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Register</h1>${alert(because)}
<p>A mail will bring you a link, behind which you choose your password.</p>
<form method="post" action="/mini_buildd/register?output=html">${goingOn(next)}
<p class="field"><label for="login">Login</label><input id="login" name="login" value="${typed.login}" required maxlength="32" autocomplete="username" autocapitalize="none" spellcheck="false" aria-describedby="login-about"><span id="login-about">Lower case letters, digits, "_", "." and "-".</span></p>
<p class="field"><label for="email">Address</label><input id="email" name="email" type="email" value="${typed.email}" required maxlength="254" autocomplete="email"></p>
<p class="field"><label for="name">Full name</label><input id="name" name="name" value="${typed.name}" maxlength="100" autocomplete="name"></p>
<p><button>Register</button></p>
</form>
${sameRegistration(instance, typed)}</section>`,
  });

/** Where one asks for another password. */
export const resetPage = (
  instance: Instance,
  { registration, reset }: ReturnType<Enrolment['offers']>,
  { typed, because, next }: Tried,
): string =>
  page({
    title: `No password, or no account – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Forgot your password?</h1>${alert(because)}
${
  reset
    ? html`<p>A mail will bring you a link, behind which you choose another one.</p>
<form method="post" action="/mini_buildd/reset?output=html">${goingOn(next)}
<p class="field"><label for="who">Login or address</label><input id="who" name="who" value="${typed.who}" required maxlength="254" autocomplete="username" autocapitalize="none" spellcheck="false"></p>
<p><button>Send it</button></p>
</form>
${sameReset(instance, typed)}`
    : html`<p>This instance sends no mail: ask its administrator for another one.</p>`
}</section>
<section class="card"><h2>No account?</h2>
<p>${registration ? html`<a href="${urlWith('/mini_buildd/register', { next })}">Register</a>` : 'An administrator of this instance may give you one.'}</p></section>`,
  });

type Typed = Tried['typed'];

/** What was typed, or what is to be said in its place. */
export const sameRegistration = (instance: Instance, { login, email, name }: Typed): Html =>
  sameForm(instance, '/mini_buildd/register', {
    login: login || 'LOGIN',
    email: email || 'ADDRESS',
    name: name || 'FULL NAME',
  });

export const sameReset = (instance: Instance, { who }: Typed): Html =>
  sameForm(instance, '/mini_buildd/reset', { who: who || 'LOGIN' });

/** Alike whatever was asked and whoever is known here. `same`: what was sent, as a program sends it. */
export const onItsWayPage = (instance: Instance, same: Html): string =>
  page({
    title: `Look into your mail – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Look into your mail</h1>
<p>If what you said is right, a mail is on its way. Its link works once, for three days.</p>
${same}</section>`,
  });

/** What a link from a mail opens. */
export const linkPage = (instance: Instance, login: string, secret: string, because?: Refusal): string =>
  page({
    title: `Choose a password – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Choose a password for ${login}</h1>${alert(because)}
<form method="post" action="/mini_buildd/link?output=html">
<input type="hidden" name="secret" value="${secret}"><input type="hidden" name="login" value="${login}" autocomplete="username">
<p class="field"><label for="password">Password</label><input id="password" name="password" type="password" required minlength="10" maxlength="200" autocomplete="new-password" aria-describedby="password-about"><span id="password-about">10 characters or more.</span></p>
<p><button>Use it</button></p>
</form>
${sameSecrets(instance, '/mini_buildd/link', { secret: 'SECRET', password: 'PASSWORD' })}</section>`,
  });

const goingOn = (next: string | undefined): Html | undefined =>
  next === undefined ? undefined : html`<input type="hidden" name="next" value="${next}">`;

const alert = (because: Refusal | undefined): Html | undefined => because && refusals([because]);
