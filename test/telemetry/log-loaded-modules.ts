import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

// Preloaded into a program (`node --import`): names each module that is loaded, in the file that LOADED_MODULES names.

const file = process.env['LOADED_MODULES'];
if (file !== undefined) {
  registerHooks({
    load(url, context, nextLoad) {
      appendFileSync(file, `${url}\n`);
      return nextLoad(url, context);
    },
  });
}
