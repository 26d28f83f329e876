import fs from 'node:fs';

const MESSAGES = {
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EACCES: 'permission denied',
  EIO: 'i/o error',
} as const;

/** A call of the file system that changes it. */
type DiskCall = 'openSync' | 'writeSync' | 'fsyncSync' | 'renameSync';

/** Lets a call of the file system fail, as on a full or a read-only disk. `jest.restoreAllMocks()` mends it. */
export function breakDisk(call: DiskCall, code: keyof typeof MESSAGES, when: (...args: never[]) => boolean = () => true): void {
  const real = fs[call] as (...args: never[]) => unknown;
  jest.spyOn(fs, call).mockImplementation((...args: unknown[]) => {
    if (when(...(args as never[]))) {
      throw Object.assign(new Error(`${code}: ${MESSAGES[code]}, ${call}`), { code });
    }
    return real(...(args as never[])) as never;
  });
}

/** True when a call opens a file in order to write. */
export const toWrite = (_: string, flags: string | number): boolean =>
  typeof flags === 'number' && (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0;
