import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { unified, yamlDifference } from '../../../src/app/configuration/yaml-difference.ts';
import { processorTime } from '../../support/processor-time.ts';

const before = `instance:
  identity: acme
repositories:
  acme:
    layout: Default
    codenames:
      - trixie
      - bookworm
      - sid
    validForDays: 14
`;

const after = before.replace('      - sid\n', '').replace('validForDays: 14', 'validForDays: 7\n    notify: []');

describe('The difference of two configurations as YAML', () => {
  it('tells lines that go and come, with some around them and the keys above', () => {
    const difference = yamlDifference(before, after);
    assert.deepEqual([difference?.added, difference?.removed], [2, 2]);
    assert.deepEqual(difference?.hunks, [
      {
        at: '-6,5 +6,5',
        within: 'repositories: acme:',
        lines: [
          '     codenames:',
          '       - trixie',
          '       - bookworm',
          '-      - sid',
          '-    validForDays: 14',
          '+    validForDays: 7',
          '+    notify: []',
        ],
      },
    ]);
  });

  it('is a patch that patch(1) applies', () => {
    const difference = yamlDifference(before, after);
    assert.ok(difference !== undefined);
    const place = mkdtempSync(join(tmpdir(), 'yaml-difference-'));
    try {
      writeFileSync(join(place, 'configuration.yaml'), before);
      execFileSync('patch', ['--quiet', 'configuration.yaml'], { cwd: place, input: unified(difference) });
      assert.equal(readFileSync(join(place, 'configuration.yaml'), 'utf8'), after);
    } finally {
      rmSync(place, { recursive: true });
    }
  });

  it('is empty between equals', () => {
    const difference = yamlDifference(before, before);
    assert.deepEqual(difference, { added: 0, removed: 0, hunks: [] });
    assert.equal(difference && unified(difference), '');
  });

  it('is given up, and soon, where more differs than anybody reads', () => {
    const lines = (letter: string) => Array.from({ length: 20_000 }, (_, at) => `${letter}${at}: ${at}`).join('\n');
    const began = processorTime();
    assert.equal(yamlDifference(lines('a'), lines('b')), undefined);
    assert.ok(processorTime() - began < 2000);
  });
});
