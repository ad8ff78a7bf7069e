import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chapterOf } from '../../../src/adapters/http/command-chapters.ts';
import { type Chapter, chapter, manual } from '../../../src/adapters/http/manual.ts';
import { hostProgram } from '../../../src/cli/host-program.ts';
import { parseUploadOptions } from '../../../src/domain/debian/upload-options.ts';
import type { CommandDescription } from '../../../src/ports/api.ts';
import { browserOf } from '../../support/administrator-in-browser.ts';
import { boot, machine } from '../../support/in-memory-daemon.ts';
import { serve } from './served.ts';

const docs = join(import.meta.dirname, '..', '..', '..', 'docs');
const text = (file: string): string => readFileSync(join(docs, `${file}.md`), 'utf8');
const fileOf = ({ url }: Chapter): string => url.replace('/mini_buildd/doc/', '') || 'README';

const all = (pattern: RegExp, of: string): readonly string[] =>
  [...of.matchAll(pattern)].map(([, found = '']) => found);
const hrefs = ({ body }: Chapter): readonly string[] => all(/ href="([^"]*)"/g, body.toString());
const anchors = ({ body }: Chapter): readonly string[] => all(/ id="([^"]*)"/g, body.toString());

describe('The manual', () => {
  it('tells more of every command, at a heading that is there, and form and reference lead to it', async (test) => {
    const daemon = await boot(await machine(test));
    test.after(daemon.kill);
    const { api } = daemon.engine;
    const { url } = await serve(test, { api });
    for (const { name } of api.commands) {
      const found = chapterOf(name);
      assert.ok(found !== undefined, `${name} has no chapter`);
      const [where, anchor] = found.url.split('#');
      const there = manual().find((each) => each.url === where);
      assert.ok(there !== undefined && anchors(there).includes(anchor ?? ''), found.url);
    }
    for (const page of ['commands/migrate', 'reference/migrate'])
      assert.match(
        await (await fetch(`${url}/mini_buildd/${page}`)).text(),
        /in the manual: <a href="\/mini_buildd\/doc\/packages#from-suite-to-suite">From suite to suite</,
      );
    assert.equal(chapterOf('constructor'), undefined);
  });

  it('tells more of every place of administration', async (test) => {
    const { see } = await browserOf(test);
    const { page: overview } = await see('');
    const nav = /<nav class="pages places"[^>]*>(.*?)<\/nav>/s.exec(overview)?.[1] ?? '';
    const places = [...nav.matchAll(/href="\/mini_buildd\/administration([^"]*)"/g)].map(([, place = '']) => place);
    assert.equal(places.length, 13);
    for (const place of places) {
      const { page } = await see(place);
      const [, where, anchor] = /In the manual: <a href="([^"#]+)#([^"]+)"/.exec(page) ?? [];
      const there = manual().find(({ url }) => url === where);
      assert.ok(there !== undefined && anchors(there).includes(anchor ?? ''), `${place} leads to ${where}#${anchor}`);
    }
  });

  it('is served chapter by chapter, each below 60 kB, and leads from one to all others', async (test) => {
    const { url } = await serve(test);
    const first = await fetch(`${url}/mini_buildd/doc/`);
    const contents = await first.text();
    for (const each of manual()) {
      const answer = await fetch(`${url}${each.url}`);
      const page = await answer.text();
      assert.equal(answer.status, 200, each.url);
      assert.ok(page.length < 60_000, `${each.url} has ${page.length} bytes`);
      assert.ok(contents.includes(`href="${each.url}"`), each.url);
      assert.ok(page.includes(`<h1 id=`), each.url);
    }
    assert.equal((await fetch(`${url}/mini_buildd/doc/nothing`)).status, 404);
    assert.equal((await fetch(`${url}/mini_buildd/doc/..%2fREADME`)).status, 404);
  });

  it('has no link that leads nowhere', async (test) => {
    const { url } = await serve(test);
    const known = new Map(manual().map((each) => [each.url, new Set(anchors(each))]));
    for (const each of manual()) {
      assert.equal(anchors(each).length, new Set(anchors(each)).size, `${each.url} has an anchor twice`);
      for (const href of hrefs(each)) {
        const [path = '', anchor] = href.split('#');
        const target = path === '' ? each.url : path;
        const what = `${each.url} → ${href}`;
        assert.match(target, /^\/mini_buildd\//, what);
        if (!target.startsWith('/mini_buildd/doc/')) {
          assert.ok((await fetch(`${url}${target}`)).status < 400, what);
          continue;
        }
        assert.ok(known.has(target), what);
        assert.ok(anchor === undefined || known.get(target)?.has(anchor), what);
      }
    }
  });

  it('reads the same in a checkout: its links name files, and headings of them', () => {
    for (const each of manual()) {
      for (const link of all(/\]\(([^)]+)\)/g, text(fileOf(each))).filter((link) => !link.startsWith('/'))) {
        const [file = '', anchor] = link.split('#');
        const target = manual().find((other) => `${fileOf(other)}.md` === file);
        assert.ok(target !== undefined, `${each.url} → ${link}`);
        assert.ok(
          anchor === undefined || target.sections.some((section) => section.anchor === anchor),
          `${each.url} → ${link}`,
        );
      }
    }
  });

  it('lets no markup through but its own, and no link that does something', () => {
    const { body } = chapter(
      '/mini_buildd/doc/evil',
      '# <b>Evil</b>\n\n<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b](data:text/html,x) <img src=x onerror=y>',
    );
    assert.doesNotMatch(body.toString(), /<(?:b|script|img)\b/);
    assert.doesNotMatch(body.toString(), /href="(?:javascript|data)/);
  });

  it('is searched by words, in headings first', async (test) => {
    const { url } = await serve(test);
    const found = await (await fetch(`${url}/mini_buildd/doc/search?words=archive+KEY`)).text();
    const links = all(/<p><a href="([^"]+)"/g, found);
    assert.equal(links[0], '/mini_buildd/doc/administration#a-new-archive-key');
    assert.ok(links.length > 2);
    for (const words of ['', 'no%20such%20thing', '%3Cscript%3E', '%00', 'a&words=b']) {
      const answer = await fetch(`${url}/mini_buildd/doc/search?words=${words}`);
      assert.equal(answer.status, 200);
      assert.doesNotMatch(await answer.text(), /<script>/);
    }
  });

  it('is where a refusal leads', async (test) => {
    const { url } = await serve(test);
    const answer = await fetch(`${url}/mini_buildd/nowhere`, { headers: { accept: 'text/html' } });
    assert.ok((await answer.text()).includes('href="/mini_buildd/doc/refusals#no-such-page"'));
  });
});

/** What code there is, a line each: spans, and blocks. */
const code = (markdown: string): readonly string[] => [
  ...all(/`([^`\n]+)`/g, markdown),
  ...all(/^ {4}(\S.*)$/gm, markdown),
];

const ofTool = ['--json', '--wait', '--confirm', '--completion', '--dry-run', '--help'];
const verbs = new Map(
  hostProgram({} as never).commands.flatMap((verb) =>
    (verb.commands.length > 0 ? verb.commands : [verb]).map((each) => [
      each === verb ? verb.name() : `${verb.name()} ${each.name()}`,
      each.options.map(({ long }) => long),
    ]),
  ),
);

const withoutRest = (line: string): readonly string[] => (line.split(/\s[|>]{1,2}\s|\s&&\s/)[0] ?? '').split(/\s+/);

describe('Commands in the manual', () => {
  const faults = (line: string, known: ReadonlyMap<string, CommandDescription>): readonly string[] => {
    const words = withoutRest(line.replace(/^.*\|\s*(?=mini-buildd)/, ''));
    const at = words.findLastIndex((word) => /^mini-buildd(?:-tool)?$/.test(word));
    const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''));
    if (words[at] === 'mini-buildd') {
      if (words.length === at + 1) return [];
      const verb = [`${words[at + 1]} ${words[at + 2]}`, `${words[at + 1]}`].find((each) => verbs.has(each));
      if (verb === undefined) return ['user', 'log'].includes(words[at + 1] ?? '') ? [] : [`no verb in "${line}"`];
      return options
        .filter((option) => !verbs.get(verb)?.includes(option))
        .map((option) => `no ${option} in "${line}"`);
    }
    const name = words[at === -1 ? 0 : at + 2] ?? '';
    if (at !== -1 && (name === '…' || name === 'COMMAND' || words.length < at + 3)) return [];
    const command = known.get(name);
    if (command === undefined) return at === -1 ? [] : [`no command in "${line}"`];
    const first = words[at === -1 ? 1 : at + 3] ?? '';
    const actions = command.arguments.find((each) => each.name === 'action')?.words;
    return [
      ...options
        .filter((option) => !ofTool.includes(option) && !command.arguments.some((each) => `--${each.name}` === option))
        .map((option) => `no ${option} in "${line}"`),
      ...(actions !== undefined && /^[a-z]+$/.test(first) && !actions.includes(first)
        ? [`no ${first} in "${line}"`]
        : []),
    ];
  };

  it('are there, with every option that is named', async (test) => {
    const { engine } = await boot(await machine(test));
    const known = new Map(engine.api.commands.map((each) => [each.name, each]));
    const lines = manual().flatMap((each) => code(text(fileOf(each))));
    assert.ok(lines.filter((line) => line.includes('mini-buildd-tool')).length > 40);
    assert.deepEqual(
      lines.flatMap((line) => faults(line, known)),
      [],
    );
    assert.deepEqual(faults('mini-buildd-tool HOST show --nonsense', known), [
      'no --nonsense in "mini-buildd-tool HOST show --nonsense"',
    ]);
    assert.deepEqual(faults('chroot paint NAME', known), ['no paint in "chroot paint NAME"']);
    const options = new Set(engine.api.commands.flatMap((each) => each.arguments.map(({ name }) => `--${name}`)));
    const named = lines.filter((line) => /^--[a-z-]+$/.test(line));
    const others = [...verbs.values()].flat();
    assert.deepEqual(
      named.filter((option) => !options.has(option) && !ofTool.includes(option) && !others.includes(option)),
      [],
    );
  });

  it('are all of the options of uploads, and no other', () => {
    const [refused] = parseUploadOptions('hello (1) x; urgency=low\n\n * MINI_BUILDD_OPTION: nonsense=1').refusals;
    const options = (refused?.remedy ?? '').replace('use one of ', '').split(', ');
    assert.ok(options.length > 5);
    const described = all(/^\| `([a-z-]+)`/gm, text('upload-options'));
    assert.deepEqual(described.toSorted(), options.toSorted());
  });

  it('are refused by rules that there are', () => {
    const source = globSync('src/**/*.ts', { cwd: join(docs, '..') })
      .map((file) => readFileSync(join(docs, '..', file), 'utf8'))
      .join();
    const rules = text('refusals')
      .split('\n')
      .flatMap((line) => all(/`([a-z-]+)`/g, line.split(' | ')[0] ?? ''));
    assert.ok(rules.length > 50);
    assert.deepEqual(
      rules.filter((rule) => !source.includes(`'${rule}'`)),
      [],
    );
  });
});
