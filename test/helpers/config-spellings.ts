/** Every way to name a configuration on a command line. */
export const CONFIG_SPELLINGS: readonly (readonly string[])[] = [
  ['--config', 'other.json'],
  ['--config=other.json'],
  ['-c', 'other.json'],
  ['-cother.json'],
  ['-c=other.json'],
  ['-c', 'config=other.json'],
  ['-cconfig=other.json'],
  ['-c=config=other.json'],
  ['--context', 'config=other.json'],
  ['--context=config=other.json'],
];

/** Command lines that name a configuration, and must not lead to another one, each with what the error says. */
export const REFUSED_SPELLINGS: readonly (readonly [argv: readonly string[], message: string])[] = [
  [['--config', 'a.json', '-c', 'config=b.json'], 'two configurations are named, a.json and b.json'],
  [['-c', 'a.json', '-c', 'b.json'], 'two configurations are named, a.json and b.json'],
  [['-c', 'config='], 'the name of the configuration is empty'],
  [['--conifg', 'a.json'], 'unknown option --conifg'],
  [['-c'], '-c needs a value'],
  [['--config', '--json'], '--config needs a value'],
];
