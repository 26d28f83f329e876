// The CDK CLI loads plug-ins as JavaScript; tsx's own require reads the TypeScript without touching the CLI's.
const tsx = require('tsx/cjs/api');

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

module.exports = tsx.require('./plugin.ts', __filename);
