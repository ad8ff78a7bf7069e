import type { Refusal } from '../../../domain/refusal.ts';
import type { Enrolment } from '../../../ports/enrolment.ts';
import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';

/** Where one asks for an account. */
export const registerPage = (instance: Instance): string =>
  page({
    title: `Register – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Register</h1>
<p>A mail will bring you a link, behind which you choose your password.</p>
<form method="post" action="/mini_buildd/register?output=html">
<p class="field"><label for="login">Login</label><input id="login" name="login" required maxlength="32" autocomplete="username" autocapitalize="none" spellcheck="false"><span class="quiet">Lower case letters, digits, "_", "." and "-".</span></p>
<p class="field"><label for="email">Address</label><input id="email" name="email" type="email" required maxlength="254" autocomplete="email"></p>
<p class="field"><label for="name">Full name</label><input id="name" name="name" maxlength="100" autocomplete="name"></p>
<button>Register</button>
</form></section>`,
  });

/** Where one asks for another password. */
export const resetPage = (instance: Instance, { registration, reset }: ReturnType<Enrolment['offers']>): string =>
  page({
    title: `No password, or no account – ${instance.name}`,
    instance,
    body: html`${reset ? resetForm : html`<section class="card"><h1>Forgot your password?</h1><p>This instance sends no mail: ask its administrator for another one.</p></section>`}
<section class="card"><h1>No account?</h1>
<p>${registration ? html`<a href="/mini_buildd/register">Register</a>` : 'An administrator of this instance may give you one.'}</p></section>`,
  });

const resetForm = html`<section class="card"><h1>Forgot your password?</h1>
<p>A mail will bring you a link, behind which you choose another one.</p>
<form method="post" action="/mini_buildd/reset?output=html">
<p class="field"><label for="who">Login or address</label><input id="who" name="who" required maxlength="254" autocomplete="username" autocapitalize="none" spellcheck="false"></p>
<button>Send it</button>
</form></section>`;

/** The same whatever was asked and whoever is known here. */
export const onItsWayPage = (instance: Instance): string =>
  page({
    title: `Look into your mail – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Look into your mail</h1>
<p>If what you said is right, a mail is on its way. Its link works once, for three days.</p></section>`,
  });

/** What a link from a mail opens. */
export const linkPage = (instance: Instance, login: string, secret: string, because?: Refusal): string =>
  page({
    title: `Choose a password – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Choose a password for ${login}</h1>
${because && html`<p role="alert"><strong>${because.fact}</strong>: ${because.remedy}</p>`}
<form method="post" action="/mini_buildd/link?output=html">
<input type="hidden" name="secret" value="${secret}"><input type="hidden" name="login" value="${login}" autocomplete="username">
<p class="field"><label for="password">Password</label><input id="password" name="password" type="password" required minlength="10" maxlength="200" autocomplete="new-password"><span class="quiet">10 characters or more.</span></p>
<button>Use it</button>
</form></section>`,
  });
