/** Shows which step a long command is at. */
export interface Progress {
  /** Runs one step and shows how long it took. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
}

/** Steps with their seconds on a terminal; nothing elsewhere. */
export function terminalProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? { step: (title, work) => shown(stream, title, work) } : { step: (_title, work) => work() };
}

async function shown<T>(stream: NodeJS.WriteStream, title: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const draw = (mark: string) => stream.write(`\r\u001b[K${mark} ${title}  ${((Date.now() - start) / 1000).toFixed(1)} s`);
  const timer = setInterval(() => draw('…'), 200);
  draw('…');
  let mark = '✗';
  try {
    const result = await work();
    mark = '✓';
    return result;
  } finally {
    clearInterval(timer);
    draw(mark);
    stream.write('\n');
  }
}
