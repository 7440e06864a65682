// Preloaded into a training process: whatever it writes atomically goes to a device that is always full.
const files = require('node:fs/promises');
const { open } = files;
files.open = (path, ...rest) => (String(path).endsWith('.partial') ? open('/dev/full', 'w') : open(path, ...rest));
