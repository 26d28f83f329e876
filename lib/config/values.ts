import { z } from 'zod';

/** Kinds of values that keys of the configuration take, with what to write instead of another. */

export const wholeNumber = (name: string, min: number, max: number) => {
  const error = `write ${name} as a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
export const onOff = () => z.boolean({ error: 'write true or false' });
export const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `write one of ${values.join(', ')}` });

export const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

export const objectError = (example: string) => `write an object such as ${example}`;
