import type { Program } from '../cli/command';
import { EXIT } from '../cli/exit-codes';

export const DEMO: Program = {
  name: 'demo',
  summary: 'deploy to an AWS emulator on this machine, put a file, and show its replica',
  run: async ({ argv, directory, terminal, signal, print, documents }) => {
    // Whatever these name, it is no business of the demo's.
    for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_') || key === 'CDK_CONTEXT')) {
      delete process.env[name];
    }
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
    const { runDemo } = require('./demo-command') as typeof import('./demo-command');
    try {
      return await runDemo({ argv, directory, print, documents, terminal, signal });
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
      terminal.tell('interrupted; the emulator is stopped');
      return EXIT.unknown;
    }
  },
};
