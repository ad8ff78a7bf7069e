import type { Refusal } from '../../../domain/refusal.ts';
import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { urlWith } from './listing.ts';
import { page } from './page.ts';
import { refusals } from './refused.ts';
import { sameLogin } from './same-as.ts';

/** What a page to log in with says beside its fields. */
export type Login = {
  /** Where one goes on from there. */
  readonly next: string;
  /** Why it is asked, or what was wrong before. */
  readonly because?: Refusal | undefined;
  /** What was typed into the form at `next`, which comes back filled in. */
  readonly kept?: Readonly<Record<string, string>> | undefined;
  /** Who tried before; passwords are never shown again. */
  readonly login?: string;
};

/** Where one says who one is. */
export const loginPage = (instance: Instance, { next, because, kept, login = '' }: Login): string =>
  page({
    title: `Log in – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Log in</h1>
${because && refusals([because])}
${kept !== undefined && html`<p>What you typed is kept${instance.signOn !== undefined && ' if you log in by password'}: the form comes back filled in.</p>`}
<form method="post" action="/mini_buildd/login?output=html">
<input type="hidden" name="next" value="${next}">${kept !== undefined && html`<input type="hidden" name="kept" value="${JSON.stringify(kept)}">`}
<p class="field"><label for="login">Login</label><input id="login" name="login" value="${login}" required maxlength="32" autocomplete="username" autocapitalize="none" spellcheck="false"></p>
<p class="field"><label for="password">Password</label><input id="password" name="password" type="password" required maxlength="200" autocomplete="current-password"></p>
<p><button>Log in</button></p>
</form>
${
  instance.signOn !== undefined &&
  html`<p><a class="button" href="${urlWith('/mini_buildd/sign-on', { next: next === '/mini_buildd/' ? undefined : next })}">Log in with ${instance.signOn}</a></p>
`
}<p class="quiet"><a href="${urlWith('/mini_buildd/reset', { next: next === '/mini_buildd/' ? undefined : next })}">No password, or no account?</a></p>
${sameLogin(instance, '/mini_buildd/login')}</section>`,
  });
