/** Variables that would send the demo's requests elsewhere, or change how the emulator's Python starts. */
const AMBIENT = /^(AWS_|CDK_|PYTHON|(HTTPS?|ALL|NO)_PROXY$)/i;

/** An environment in which nothing points at a real AWS account. */
export function withoutAmbientAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !AMBIENT.test(name)));
}
