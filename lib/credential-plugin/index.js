// The CDK CLI loads plug-ins as JavaScript.
require('../../bin/typescript.js');

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

module.exports = require('./plugin.ts');
