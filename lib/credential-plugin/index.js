// The CDK CLI loads plug-ins as JavaScript; tsx's own require reads the TypeScript without touching the CLI's.
const tsx = require('tsx/cjs/api');

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

// With a name of its own: tsx.require takes the time for one, and so compiles the TypeScript at every start.
module.exports = tsx.register({ namespace: 's3-replication' }).require('./plugin.ts', __filename);
