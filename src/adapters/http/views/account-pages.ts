import type { Caller } from '../../../domain/account/caller.ts';
import type { Refusal } from '../../../domain/refusal.ts';
import { formTokenField } from '../form-token.ts';
import { html } from './html.ts';
import type { Instance } from './instance.ts';
import { page } from './page.ts';

/** Where one says who one is; `because` is why it is asked, or what was wrong before. `kept` is what was typed into the form at `next`. */
export const loginPage = (
  instance: Instance,
  next: string,
  because?: Refusal,
  kept?: Readonly<Record<string, string>>,
): string =>
  page({
    title: `Log in – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>Log in</h1>
${because && html`<p class="notice" role="alert"><strong>${because.fact}</strong> <span>${because.remedy}</span></p>`}
${kept !== undefined && html`<p>What you typed is kept: the form comes back filled in.</p>`}
<form method="post" action="/mini_buildd/login?output=html">
<input type="hidden" name="next" value="${next}">${kept !== undefined && html`<input type="hidden" name="kept" value="${JSON.stringify(kept)}">`}
<p class="field"><label for="login">Login</label><input id="login" name="login" required maxlength="32" autocomplete="username" autocapitalize="none" spellcheck="false"></p>
<p class="field"><label for="password">Password</label><input id="password" name="password" type="password" required maxlength="200" autocomplete="current-password"></p>
<button>Log in</button>
</form>
<p class="quiet"><a href="/mini_buildd/reset">No password, or no account?</a></p></section>`,
  });

/** One's own account: who one is, another password, and the way out. */
export const accountPage = (instance: Instance, login: string, { privilege }: Caller, session: string): string =>
  page({
    title: `${login} – ${instance.name}`,
    instance,
    body: html`<section class="card"><h1>${login}</h1>
<p>You may run commands that need the privilege <strong>${privilege}</strong>. Tokens for programs: command <a href="/mini_buildd/api?output=html#token">token</a>.</p>
<form method="post" action="/mini_buildd/logout?output=html">${formTokenField(session)}<button>Log out</button></form></section>
<section class="card"><h2>Another password</h2>
<form method="post" action="/mini_buildd/account/password?output=html">${formTokenField(session)}
<input type="hidden" name="login" value="${login}" autocomplete="username">
<p class="field"><label for="present">Present password</label><input id="present" name="present" type="password" required maxlength="200" autocomplete="current-password"></p>
<p class="field"><label for="next">New password</label><input id="next" name="next" type="password" required minlength="10" maxlength="200" autocomplete="new-password"></p>
<button>Change it</button> <span class="quiet">Logs you out everywhere; tokens stay.</span>
</form></section>`,
  });
