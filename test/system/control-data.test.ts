import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';
import fc from 'fast-check';
import { isLeft } from 'fp-ts/lib/Either.js';
import { parseDeb822 } from '../../src/domain/debian/deb822.ts';

/** Reads texts between NULs as `dpkg-source` does and prints their first paragraph: fields between \x01, or a lone \x02. */
const dpkg = `
use Dpkg::Control::HashCore;
local $/ = undef;
print join("\\0", map {
  my $text = $_; open my $fh, '<', \\$text; local $/ = "\\n";
  my $c = Dpkg::Control::HashCore->new(allow_pgp => 0);
  my $some = eval { local $SIG{__WARN__} = sub {}; $c->parse($fh, 'x') };
  !defined $some ? "\\2" : !$some ? '' : join("\\1", sort map { lc($_) . ":$c->{$_}" } keys %$c);
} split(/\\0/, <STDIN>, -1));
`;

const lines = fc.oneof(
  fc.constantFrom('', ' ', '\t', ' .', ' ..', '  .', '\t.', ' a', '\tb', '  c ', '# a', '-a: b', ' -----', ' #'),
  fc
    .tuple(
      fc.constantFrom('Source', 'source', 'Files', 'X-A', 'é', 'a b'),
      fc.constantFrom(':', ': ', ' : ', ':\t', ''),
    )
    .chain(([name, colon]) =>
      fc.constantFrom('', 'x', ' x y ', ':', 'é', '.').map((value) => `${name}${colon}${value}`),
    ),
);

const texts = fc
  .tuple(fc.array(lines, { minLength: 1, maxLength: 7 }), fc.constantFrom('\n', '\n', '\r\n'), fc.boolean())
  .map(([all, end, last]) => all.join(end) + (last ? end : ''));

it('Control data that we read is read by dpkg in the same way', (test) => {
  const seed = Date.now() % 2 ** 31;
  test.diagnostic(`seed ${seed}`);
  const samples = fc.sample(texts, { numRuns: 3000, seed });
  const theirs = execFileSync('perl', ['-e', dpkg], { input: samples.join('\0'), encoding: 'utf8' }).split('\0');
  assert.equal(theirs.length, samples.length);
  let read = 0;
  for (const [index, text] of samples.entries()) {
    const ours = parseDeb822(text);
    if (isLeft(ours)) continue;
    const fields = [...(ours.right[0] ?? [])].map(([key, { value }]) => `${key}:${value}`);
    read += 1;
    assert.equal(fields.sort().join('\x01'), theirs[index], JSON.stringify(text));
  }
  assert.ok(read > 100, `only ${read} of ${samples.length} were read`);
});
