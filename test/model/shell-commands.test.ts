import { execFileSync } from 'node:child_process';
import { commandLine, inShellQuotes } from '../../lib/model/shell-commands';

test.each([
  ['plain', 'plain'],
  ['two words', "'two words'"],
  ["it's", `'it'\\''s'`],
  ['a\nb', `$'a\\u000ab'`],
  ["\u001b'\\", `$'\\u001b\\'\\\\'`],
  ['\u{e0001}', `$'\\U000e0001'`],
])('%j is the word %s', (text, word) => {
  expect(commandLine([text])).toBe(word);
});

test.each(['$(reboot)', '`reboot`', "'; reboot; '", 'a\nreboot', "\u001b]0;'\\", 'a\u202eb\u{e0001}', '\\n', "\\'"])(
  'bash reads %j as it is',
  (text) => {
    const environment = { ...process.env, LC_ALL: 'C.UTF-8' };
    expect(execFileSync('bash', ['-c', `printf %s ${inShellQuotes(text)}`], { env: environment }).toString()).toBe(text);
  },
);
