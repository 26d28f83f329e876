/** A function that works out an answer once for the same arguments, as JSON has them. Whoever asks only reads the answer. */
export function remembered<Args extends readonly unknown[], Answer>(
  answer: (...args: Args) => Answer,
): (...args: Args) => Answer {
  const answers = new Map<string, Answer>();
  return (...args) => {
    const asked = JSON.stringify(args);
    if (!answers.has(asked)) {
      answers.set(asked, answer(...args));
    }
    return answers.get(asked) as Answer;
  };
}
